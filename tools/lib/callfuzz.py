"""callfuzz: programs that make random system calls, many in a boot; see --help. Started by tools/callfuzz.

What a program (tests/guest/callfuzz.c) does to itself is its own affair. The kernel must neither stop at a
bugcheck nor hang, and must have everything back when the program has ended. After a bugcheck or a hang
the next boot goes on with the next program.
"""
import argparse
import collections
import json
import os
import pathlib
import sys
import time
import types

import guest_disk
import program_files
import runpe
import series_boot

BIN = runpe.ROOT / 'build/host/tests/guest/bin'
PROGRAM = str(BIN / 'callfuzz.exe')
CALLS_OF_A_PROGRAM = 20000
CALLS_OF_A_DOT = 100  # As in callfuzz.c.
PROGRAMS_IN_A_BOOT = 50
LIMIT_MILLISECONDS = 10000


class Tally:
    def __init__(self):
        self.calls = self.programs = 0
        self.ends, self.problems = collections.Counter(), []

    def problem(self, seed, what, detail):
        self.problems.append({'seed': seed, 'what': what, 'detail': detail})
        runpe.show(f'callfuzz: program {seed}: {what}: {detail}')

    def count(self, what):
        return sum(problem['what'] == what for problem in self.problems)

    def take(self, run):
        self.programs += 1
        self.calls += run['output'].count(b'.') * CALLS_OF_A_DOT
        how = {'exit': f"status 0x{run['status'] & 0xFFFFFFFF:08x}", 'error': 'not started',
               'timeout': 'ended by the limit'}[run['outcome']]
        self.ends[how] += 1
        if any(run['left'][key] for key in ('frames', 'commit', 'heap')):
            self.problem(run['n'], 'lost', run['left'])


class Disks:
    """Where the program runs: linked by the kernel, or in NT's user mode, whose threads start and whose exceptions
    arrive elsewhere."""

    def __init__(self, work):
        self.work = pathlib.Path(work)

    def own(self):
        return self._build('own', {})

    def nt(self):
        program_files.fetch(quiet=False)
        files = program_files.needed(PROGRAM, dlls=['kernel32.dll'], quiet=True)
        return self._build('nt', guest_disk.collect(PROGRAM, files.beside, [], files.system))

    def _build(self, name, layout):
        image = str(self.work / f'{name}.img')
        guest_disk.build(image, {**layout, ('callfuzz.exe',): PROGRAM})
        return image


def fuzz(disk, mode, options, work, tally, enough):
    """Programs from the seed options.first on, until `enough(tally)`."""
    machine = types.SimpleNamespace(machine='pc', cpu=options.cpu, mem=options.mem, icount=False,
                                    gdb=False)
    seed, said = options.first, time.monotonic()
    while not enough(tally):
        words = (f'seed={options.first} limit={LIMIT_MILLISECONDS} trials={PROGRAMS_IN_A_BOOT} '
                 f'from={seed} poison=1 {options.append}')
        boot = series_boot.Boot(disk, words, f'C:\\callfuzz.exe {{}} {CALLS_OF_A_PROGRAM} {mode}',
                                machine, work)
        for run in boot.runs:
            tally.take(run)
        seed += len(boot.runs)
        if boot.end != 'exit' or not boot.runs:
            if boot.begun is None:
                raise runpe.Failure(runpe.EXIT_HOST, f'{boot.end} between programs: {boot.message}\n'
                                    f'{boot.log()}', 'host')
            tally.problem(seed, boot.end, f'{boot.message}\n{boot.log()}')
            seed += 1
        if time.monotonic() - said > 10:
            said = time.monotonic()
            runpe.show(f'callfuzz: {mode}: {tally.calls:,} calls by {tally.programs:,} programs')


def run(options, work):
    disks, result, bad = Disks(work), {}, 0
    for mode in options.mode or ['own', 'nt']:
        disk = getattr(disks, mode)()
        tally, end = Tally(), time.monotonic() + (options.seconds or 0)
        if options.seconds:
            fuzz(disk, mode, options, work, tally, lambda _: time.monotonic() > end)
        else:
            fuzz(disk, mode, options, work, tally, lambda t: t.calls >= options.calls)
        print(f'{mode}: {tally.calls:,} calls by {tally.programs:,} programs: '
              f'bugchecks {tally.count("bugcheck")}, hangs {tally.count("hang")}, '
              f'lost something {tally.count("lost")}')
        for how, count in tally.ends.most_common(6):
            print(f'  {count:6} {how}')
        result[mode] = {'calls': tally.calls, 'programs': tally.programs, 'ends': tally.ends,
                        'problems': tally.problems}
        bad += len(tally.problems)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(result, indent=1))
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(
        prog='callfuzz', allow_abbrev=False,
        description='Runs programs that make random system calls, many in a boot.',
        epilog='exit status: 0 if no bugcheck, no hang, and nothing lost; 1 otherwise')
    add = parser.add_argument
    add('--calls', type=int, default=1_000_000, metavar='N',
        help='how many in each mode (default 1,000,000)')
    add('--seconds', type=float, metavar='S', help='for so long in each mode, whatever the calls')
    add('--first', type=int, default=1, metavar='N', help='the first program\'s seed (default 1)')
    add('--mode', action='append', choices=['own', 'nt'],
        help='linked by the kernel, or in NT\'s user mode (default: both)')
    add('--mem', default='64')
    add('--cpu', default='Nehalem')
    add('--append', default='', metavar='WORDS', help='more words for the kernel\'s command line')
    add('--json', metavar='FILE', help='the figures, and each problem')
    options = parser.parse_args()
    if not os.path.exists(PROGRAM):
        sys.exit(f'callfuzz: {PROGRAM} is missing: run tools/callfuzz without FAULTLINE_PREBUILT')
    return series_boot.run_tool('callfuzz', lambda work: run(options, work))


if __name__ == '__main__':
    sys.exit(main())
