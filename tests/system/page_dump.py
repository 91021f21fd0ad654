"""Reads what guest/page_dump.c and tests/guest/series.c write, and compares it with the model.

page_dump.py DUMP STATS DIR: DUMP from `runpe --stats STATS prog.exe --dump-pages`, DIR with the files.
"""
import json
import pathlib
import struct
import sys

import pe_model

FNV_OFFSET, FNV_PRIME, MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


class Dump:
    """The pages of one process: {image in lower case: {page index: (protection, bytes)}}"""

    def __init__(self, program):
        self.program, self.pages, self.bases = program, {}, {}


def read(data):
    """A list of Dumps, one for each process in the series."""
    dumps, at = [], 0
    while at < len(data):
        magic = data[at:at + 4]
        if magic == b'NEXT':
            length = struct.unpack_from('<I', data, at + 4)[0]
            dumps.append(Dump(data[at + 8:at + 8 + length].decode()))
            at += 8 + length
            continue
        if magic != b'PAGE':
            raise ValueError(f'byte {at}: neither a page nor a program: {data[at:at + 60]}')
        base, index, protection, name_length, size = struct.unpack_from('<5I', data, at + 4)
        at += 24
        name = data[at:at + name_length].decode().lower()
        at += name_length
        if not dumps:
            dumps.append(Dump(''))
        dump = dumps[-1]
        dump.bases.setdefault(name, base)
        if dump.bases[name] != base:
            raise ValueError(f'{name} is mapped twice')
        dump.pages.setdefault(name, {})[index] = protection, data[at:at + size]
        at += size
    return dumps


def fnv(page):
    value = FNV_OFFSET
    for byte in page:
        value = (value ^ byte) * FNV_PRIME & MASK
    return value


def compare(dump, models, ntdll):
    """(pages compared, list of differences); `ntdll` as in the statistics."""
    wrong, compared = [], 0
    space = pe_model.Space(models, dump.bases, ntdll['exports'])
    for name, pages in dump.pages.items():
        if name == 'ntdll.dll':
            continue  # The kernel's own; its exports are checked where others import them.
        model, image = models[name], space.image(name)
        if set(pages) != set(model.protection):
            wrong.append(f'{name}: pages {sorted(set(pages) ^ set(model.protection))} on one side')
        for index in sorted(set(pages) & set(model.protection)):
            protection, content = pages[index]
            compared += 1
            expected = image[index * pe_model.PAGE:(index + 1) * pe_model.PAGE]
            if protection != model.protection[index]:
                wrong.append(f'{name} page {index}: protection {protection:#x}, '
                             f'not {model.protection[index]:#x}')
            if len(content) == 8:
                if struct.unpack('<Q', content)[0] != fnv(expected):
                    wrong.append(f'{name} page {index}: another hash')
            elif content != expected:
                first = next(i for i in range(pe_model.PAGE) if content[i] != expected[i])
                wrong.append(f'{name} page {index} offset {first:#x}: {content[first:first + 8].hex()}'
                             f', not {expected[first:first + 8].hex()}')
    return compared, wrong


def models_of(directory):
    return {path.name.lower(): pe_model.Model(path.read_bytes())
            for path in pathlib.Path(directory).iterdir() if path.suffix in ('.exe', '.dll')}


def main():
    dump, stats, directory = sys.argv[1:]
    ntdll = json.loads(pathlib.Path(stats).read_text())['ntdll']
    models, failed = models_of(directory), 0
    for process in read(pathlib.Path(dump).read_bytes()):
        compared, wrong = compare(process, models, ntdll)
        failed += bool(wrong)
        print(f'{process.program or "program"}: {compared} pages, {len(wrong)} differences')
        print(*wrong, sep='\n', end='\n' if wrong else '')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
