"""start_profile: where the instructions of a program's start go; see --help. Started by tools/start_profile.

From the kernel's first instruction to the program's first NtWriteFile, counted one by one by a plugin in QEMU
(tools/instruction_counter/phase_counter.cpp), which also tells what the kernel was doing.
"""
import argparse
import bisect
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import types

import guest_disk
import machine
import make_symbols
import program_files
import runpe
import windows_command_line

PLUGIN = runpe.ROOT / 'build/host/tools/instruction_counter/phase_counter.so'
KERNEL_BASE = 0x80000000
PHASES = {'start': 'start-up, to the first instruction of a program',
          'page_in': 'page-in: from the disk, relocated', 'fault': 'other faults',
          'call': 'system calls', 'interrupt': 'interrupts of programs', 'user': 'user mode'}
# Where phases begin: labels of the kernel's, by the plugin's names for the phases.
ENTRIES = {'fault': r'stub_14', 'call': r'EnterFastCall|stub_46', 'interrupt': r'stub_(6[4-9]|7[0-9])',
           'page_in': r'fl::mm::Section::ReadCluster\(.*'}
END = r'fl::kernel::NtWriteFile\(.*'


def labels():
    """[(address, name)] of the kernel's symbols."""
    listing = subprocess.run(['nm', '-C', str(runpe.KERNEL)], capture_output=True, text=True, check=True)
    return [(int(words[0], 16), words[2]) for words in
            (line.split(None, 2) for line in listing.stdout.splitlines()) if len(words) == 3]


def plugin_options(counts):
    options, symbols = [f'file={PLUGIN}', f'out={counts}'], labels()
    for option, pattern in [*ENTRIES.items(), ('until', END)]:
        found = [address for address, name in symbols if re.fullmatch(pattern, name)]
        if not found:
            sys.exit(f'start_profile: the kernel has no {pattern}')
        options += [f'{option}={address:#x}' for address in found]
    return ','.join(options)


class Names:
    """Functions by address: the kernel's, and those of the images that the program was made of."""

    def __init__(self, images, files):
        functions, _ = make_symbols.functions(str(runpe.KERNEL))
        self._kernel = sorted(functions)
        self._images = []
        for image in images:
            path = files.get(image['name'].lower())
            self._images.append((image['base'], image['base'] + image['pages'] * 4096, image['name'],
                                 self._symbols(path, image) if path else []))

    @staticmethod
    def _symbols(path, image):
        """Addresses as nm has them are those of the preferred base."""
        listing = subprocess.run(['i686-w64-mingw32-nm', str(path)], capture_output=True, text=True)
        delta = image['base'] - image['preferred_base']
        return sorted((int(words[0], 16) + delta, words[2]) for words in
                      (line.split() for line in listing.stdout.splitlines())
                      if len(words) == 3 and words[1] in 'tT' and not words[2].startswith('.'))

    def at(self, address):
        if address >= KERNEL_BASE:
            return self._find(self._kernel, address) or 'elsewhere in the kernel'
        for start, end, name, symbols in self._images:
            if start <= address < end:
                return f'{name}: {self._find(symbols, address) or "?"}'
        return 'the kernel, before it has its addresses' if address < 0x1000000 else 'elsewhere'

    @staticmethod
    def _find(functions, address):
        index = bisect.bisect_right(functions, (address, '\x7f')) - 1
        return functions[index][1] if index >= 0 else None


def boot(options, work):
    """The counts [(phase, address, count)], the report of statistics, {name of an image: its file}."""
    program = program_files.find_program(options.command[0])
    program_files.check_program(program)
    files = program_files.needed(program)
    disk, counts = os.path.join(work, 'disk.img'), os.path.join(work, 'counts')
    guest_disk.build(disk, guest_disk.collect(program, files.beside, [], files.system))
    kind = types.SimpleNamespace(
        machine='pc', cpu=options.cpu or (runpe.WINDOWS_CPU if files.system else runpe.CPU),
        mem='64', icount=True, gdb=False)
    words = windows_command_line.join(files.guest_path(), options.command[1:])
    guest = machine.Machine(kernel=str(runpe.KERNEL), disk=disk, log=os.path.join(work, 'log'),
                            options=kind, kernel_command_line=f'host=1 stats=1 seed=1 entropy=0 -- {words}',
                            more_arguments=['-plugin', plugin_options(counts)])
    reports = bytearray()
    guest.output('out', 0xE9, lambda data: None)
    guest.output('reports', 0xEB, reports.extend)
    try:
        with open(os.path.join(work, 'errors'), 'wb') as errors:
            guest.start(errors)
        guest.wait(300)
    finally:
        guest.stop()
    stats = next((report for report in map(json.loads, reports.splitlines())
                  if report.get('event') == 'stats'), None)
    if not stats or not os.path.exists(counts):
        sys.exit('start_profile: the program did not run, or wrote nothing\n'
                 + pathlib.Path(work, 'log').read_text(errors='replace'))
    with open(counts) as lines:
        rows = [(phase, int(address, 16), int(count)) for phase, address, count in map(str.split, lines)]
    return rows, stats, {os.path.basename(path).lower(): path
                         for path in [program, *files.beside, *files.system]}


def show(rows, names, count):
    by_phase, by_place = collections.Counter(), collections.Counter()
    for phase, address, executed in rows:
        by_phase[phase] += executed
        by_place[phase, names.at(address)] += executed
    whole = sum(by_phase.values())
    print(f'{"instructions":>14}  share')
    for phase, text in PHASES.items():
        print(f'{by_phase[phase]:14,} {by_phase[phase] / whole:6.1%}  {text}')
    print(f'{whole:14,}         in all, from the kernel\'s first to the program\'s first output\n')
    print(f'The {count} costliest:')
    for (phase, place), executed in by_place.most_common(count):
        print(f'{executed:14,} {executed / whole:6.1%}  {phase:9}  {place}')


def main():
    parser = argparse.ArgumentParser(
        prog='start_profile', allow_abbrev=False,
        usage='start_profile [options] [--] program.exe [arguments...]',
        description='Where the instructions of a program\'s start go, from the kernel\'s first one to the '
                    'program\'s first output: by what the machine does, and the costliest functions.')
    parser.add_argument('--top', type=int, default=10, metavar='N', help='how many functions (10)')
    parser.add_argument('--cpu', help='as for runpe')
    parser.add_argument('command', nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.command[:1] == ['--']:
        del options.command[0]
    if not options.command:
        parser.error('no program')
    try:
        with tempfile.TemporaryDirectory(prefix='start-profile-') as work:
            rows, stats, files = boot(options, work)
            show(rows, Names(stats['images'], files), options.top)
    except runpe.Failure as failure:
        sys.exit(f'start_profile: {failure}')


if __name__ == '__main__':
    main()
