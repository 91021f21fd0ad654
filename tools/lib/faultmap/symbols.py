"""Names for addresses: symbol tables and exports of PE files, symbol tables of ELF files.

A file that is not what it seems gives fewer names, never an exception: names are a courtesy.
Sources: Microsoft, "PE Format" (COFF symbol table, export directory); System V ABI, ELF.
"""
import bisect
import struct


class Symbols:
    """Names by offset: from the image base (PE) or absolute (ELF)."""

    def __init__(self, names):
        by_offset = {}
        for offset, name in names:
            by_offset.setdefault(offset, name)
        self._offsets = sorted(by_offset)
        self._names = [by_offset[offset] for offset in self._offsets]

    def __len__(self):
        return len(self._offsets)

    def name(self, offset):
        """'symbol+0x12', or None if no symbol lies at or before it."""
        index = bisect.bisect_right(self._offsets, offset) - 1
        if index < 0:
            return None
        rest = offset - self._offsets[index]
        return self._names[index] + (f'+{rest:#x}' if rest else '')


def read(path):
    """The symbols of a PE or ELF file; empty if it has none. OSError if it cannot be read."""
    with open(path, 'rb') as file:
        data = file.read()
    try:
        if data[:2] == b'MZ':
            return Symbols(_pe(data))
        if data[:4] == b'\x7fELF':
            return Symbols(_elf(data))
    except (struct.error, IndexError):
        pass
    return Symbols([])


def _text(data, offset, limit=1024):
    if not 0 <= offset < len(data):
        return ''
    end = data.find(b'\0', offset, offset + limit)
    return data[offset:end if end >= 0 else offset + limit].decode('utf-8', 'replace')


def _pe(data):
    header = struct.unpack_from('<I', data, 0x3C)[0]
    if data[header:header + 4] != b'PE\0\0':
        return []
    sections, _, table, count, optional = struct.unpack_from('<HIIIH', data, header + 6)
    if struct.unpack_from('<H', data, header + 24)[0] != 0x10B:
        return []
    layout = []
    for i in range(min(sections, 96)):
        at = header + 24 + optional + 40 * i
        size, rva, file_size, file_offset = struct.unpack_from('<IIII', data, at + 8)
        layout.append((rva, max(size, file_size), file_offset))
    names = list(_coff(data, table, count, layout))
    # Where both name an address, the symbol table is nearer to the source.
    names += _exports(data, header, layout)
    return names


def _coff(data, table, count, layout):
    if not table or table + 18 * count > len(data):
        return
    strings = table + 18 * count
    index = 0
    while index < count:
        at = table + 18 * index
        value, section, kind, storage, auxiliary = struct.unpack_from('<IhHBB', data, at + 8)
        index += 1 + auxiliary
        # Functions, and external data: not sections' and files' own entries.
        if not 0 < section <= len(layout) or not (kind >> 4 == 2 or storage == 2):
            continue
        if data[at:at + 4] == b'\0\0\0\0':
            name = _text(data, strings + struct.unpack_from('<I', data, at + 4)[0])
        else:
            name = data[at:at + 8].rstrip(b'\0').decode('utf-8', 'replace')
        if name:
            yield layout[section - 1][0] + value, name.removeprefix('_')


def _exports(data, header, layout):
    rva, size = struct.unpack_from('<II', data, header + 24 + 96)
    if not rva:
        return

    def offset(of):
        for start, length, file_offset in layout:
            if start <= of < start + length:
                return file_offset + of - start
        raise IndexError
    base, functions, named, addresses, names, ordinals = struct.unpack_from(
        '<IIIIII', data, offset(rva) + 16)
    by_index = {}
    for i in range(min(named, 65536)):
        index = struct.unpack_from('<H', data, offset(ordinals) + 2 * i)[0]
        name = struct.unpack_from('<I', data, offset(names) + 4 * i)[0]
        by_index[index] = _text(data, offset(name))
    for i in range(min(functions, 65536)):
        target = struct.unpack_from('<I', data, offset(addresses) + 4 * i)[0]
        if target and not rva <= target < rva + size:  # Else it is a forwarder's name.
            yield target, by_index.get(i, f'#{base + i}')


def _elf(data):
    wide = data[4] == 2
    sections_at, = struct.unpack_from('<Q' if wide else '<I', data, 0x28 if wide else 0x20)
    entry, count = struct.unpack_from('<HH', data, 0x3A if wide else 0x2E)
    found = []
    for i in range(count):
        at = sections_at + entry * i
        if wide:
            kind, = struct.unpack_from('<I', data, at + 4)
            start, size, link = struct.unpack_from('<QQI', data, at + 24)
        else:
            kind, = struct.unpack_from('<I', data, at + 4)
            start, size, link = struct.unpack_from('<III', data, at + 16)
        if kind != 2:  # SHT_SYMTAB
            continue
        strings_at = sections_at + entry * link
        strings, = struct.unpack_from('<Q' if wide else '<I', data,
                                      strings_at + (24 if wide else 16))
        for symbol in range(start, start + size, 24 if wide else 16):
            if wide:
                name, info, _, section, value = struct.unpack_from('<IBBHQ', data, symbol)
            else:
                name, value, _, info, _, section = struct.unpack_from('<IIIBBH', data, symbol)
            text = _text(data, strings + name)
            # Without section and file entries, and labels inside of assembly: kName, like constants.
            if info & 15 <= 2 and section and text and not (text[0] == 'k' and text[1:2].isupper()):
                found.append((info & 15 != 2, value, text))
    # A function's own name goes before a label at its start.
    return [(value, _demangled(name)) for _, value, name in sorted(found)]


def _demangled(name):
    """The readable part of an Itanium C++ name: _ZN2fl6kernel4BumpEv is fl::kernel::Bump."""
    if not name.startswith('_Z'):
        return name
    at = 2
    nested = name[at:at + 1] == 'N'
    at += nested
    while name[at:at + 1] in ('K', 'L', 'V', 'r'):
        at += 1
    parts = []
    while name[at:at + 1].isdigit():
        digits = at
        while name[at:at + 1].isdigit():
            at += 1
        length = int(name[digits:at])
        part = name[at:at + length]
        at += length
        if part != '_GLOBAL__N_1':
            parts.append(part)
        if not nested:
            break
    return '::'.join(parts) or name
