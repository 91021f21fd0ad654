"""mutate: runs broken programs, many in a boot, and boots broken volumes; see --help. Started by
tools/mutate.

A broken program may do what it likes, loop for ever included: the kernel ends it after a while. The kernel
itself must neither stop at a bugcheck nor hang, and must have everything back when the program has ended.
After a bugcheck or a hang the next boot goes on with the next program.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import sys
import types

import fat_mutator
import guest_disk
import pe_mutator
import runpe
import series_boot

BIN = runpe.ROOT / 'build/host/tests/guest/bin'
# What runs, and which of its files may be the broken one.
CASES = {
    'hello.exe': ('hello.exe',),
    'threedll.exe': ('threedll.exe', 'alpha.dll', 'beta.dll', 'gamma.dll'),
    'relocuse.exe': ('relocuse.exe', 'reloc.dll'),
}
PROGRAMS_IN_A_BOOT = 100
LIMIT_MILLISECONDS = 300
# Format, size in bytes, sectors of a cluster (0: mformat's choice).
VOLUMES = (('FAT12', guest_disk.FLOPPY, 0), ('FAT16', 6 << 20, 1), ('FAT32', 34 << 20, 1))


class Outcomes:
    def __init__(self):
        self.runs, self.by_outcome, self.problems = 0, collections.Counter(), []

    def count(self, what):
        return sum(p['what'] == what for p in self.problems)

    def problem(self, case, what, detail):
        self.problems.append({'case': case, 'what': what, 'detail': detail})
        runpe.show(f'mutate: {case}: {what}: {detail}')

    def take(self, case, run, where=''):
        how = {'exit': 'ended', 'error': 'not started', 'timeout': 'ended by the limit'}
        status = '' if run['outcome'] == 'timeout' else f" 0x{run['status']:08x}"
        self.by_outcome[where + how[run['outcome']] + status] += 1
        if any(run['left'][key] for key in ('frames', 'commit', 'heap')):
            self.problem(case, 'lost', run['left'])

    def stopped(self, case, boot):
        self.runs += 1
        self.by_outcome[boot.end] += 1
        self.problem(case, boot.end, f'{boot.message}\n{boot.log()}')


class Bench:
    """Where cases are made and booted."""

    def __init__(self, options, work):
        self.options, self.work = options, pathlib.Path(work)
        self.machine = types.SimpleNamespace(machine='pc', cpu=options.cpu, mem=options.mem,
                                             icount=False, gdb=False)

    def boot(self, disk, words, command_line):
        words = f'seed={self.options.seed} limit={LIMIT_MILLISECONDS} {words} {self.options.append}'
        return series_boot.Boot(str(disk), words, command_line, self.machine, str(self.work),
                                kernel=self.options.kernel)

    def keep(self, case, source):
        if self.options.keep:
            target = pathlib.Path(self.options.keep) / case
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy(source, target)


def make_program(seed, number, folder):
    """One case: a program with its DLLs, one of the files broken; returns what it is called."""
    dice = random.Random(f'program {seed} {number}')
    program = dice.choice(sorted(CASES))
    victim = dice.choice(CASES[program])
    folder.mkdir(parents=True)
    for name in CASES[program]:
        data = (BIN / name).read_bytes()
        if name == victim:
            data = pe_mutator.mutate(dice, data)
        # One name for all programs: the command line is the same but for the number.
        (folder / ('run.exe' if name == program else name)).write_bytes(data)
    return f'program {number} ({program}, broken: {victim})'


def run_programs(bench, first, count):
    """`count` broken programs, from number `first` on, on one disk."""
    outcomes, files = Outcomes(), bench.work / 'files'
    shutil.rmtree(files, ignore_errors=True)
    cases = {n: make_program(bench.options.seed, n, files / str(n))
             for n in range(first, first + count)}
    disk = bench.work / 'disk.img'
    guest_disk.build(str(disk), {path.relative_to(files).parts: str(path)
                                 for path in files.rglob('*') if path.is_file()})
    n = first
    while n < first + count:
        boot = bench.boot(disk, f'trials={first + count - n} from={n}', 'C:\\{}\\run.exe')
        for run in boot.runs:
            outcomes.runs += 1
            outcomes.take(cases[run['n']], run)
        n += len(boot.runs)
        if boot.end != 'exit' or not boot.runs:
            if boot.begun is None:
                raise runpe.Failure(runpe.EXIT_HOST, f'{boot.end} between runs: {boot.message}\n'
                                    f'{boot.log()}', 'host')
            outcomes.stopped(cases[n], boot)
            n += 1
    for problem in outcomes.problems:
        number = problem['case'].split()[1]
        bench.keep(number, files / number)
    return outcomes


def make_volumes(bench):
    """The good volumes: programs in the root and in directories of a long name."""
    volumes = {}
    sources = [BIN / name for files in CASES.values() for name in files]
    for name, size, cluster in VOLUMES:
        image = bench.work / f'{name}.img'
        layout = {(source.name,): str(source) for source in sources}
        for folder in ('2', '3', 'A directory of a long name'):
            layout |= {(folder, source.name): str(source) for source in sources}
        guest_disk.build(str(image), layout, size, cluster=cluster, fat32=name == 'FAT32')
        volumes[name] = image.read_bytes()
    return volumes


def run_volume(bench, number, volumes, outcomes):
    """One broken volume, one boot: three programs from three directories."""
    dice = random.Random(f'volume {bench.options.seed} {number}')
    name = dice.choice(sorted(volumes))
    disk = bench.work / 'broken.img'
    disk.write_bytes(fat_mutator.mutate(dice, bytearray(volumes[name])))
    boot = bench.boot(disk, 'trials=3 from=1', 'C:\\{}\\..\\A directory of a long name\\..\\'
                      'threedll.exe' if dice.random() < .3 else 'C:\\{}\\threedll.exe')
    case = f'volume {number} ({name})'
    if boot.end == 'exit':
        error = boot.event('error')
        outcomes.runs += 1
        outcomes.by_outcome['mounted' if boot.runs else 'not mounted'] += 1
        for run in boot.runs:
            outcomes.take(case, run, where='of three programs, ')
        if not boot.runs and not error:
            outcomes.problem(case, 'said nothing', boot.log())
    else:
        outcomes.stopped(case, boot)
    if any(p['case'] == case for p in outcomes.problems):
        bench.keep(f'volume{number}.img', disk)


def parse_arguments(arguments):
    parser = runpe.Parser(
        prog='mutate', allow_abbrev=False,
        description='Runs broken programs on the kernel, many in a boot, and boots broken volumes.',
        epilog='exit status: 0 if no bugcheck, no hang, and nothing lost; 1 otherwise')
    add = parser.add_argument
    add('--programs', type=int, default=0, metavar='N', help='how many broken programs')
    add('--volumes', type=int, default=0, metavar='N', help='how many broken volumes')
    add('--first', type=int, default=1, metavar='N', help='the number of the first (default 1)')
    add('--seed', type=int, default=1, metavar='N', help='which ones (default 1)')
    add('--keep', metavar='DIR', help='where cases go that show a problem')
    add('--json', metavar='FILE', help='the figures, and each problem')
    add('--mem', default='64')
    add('--cpu', default='pentium3')
    add('--kernel', default=str(series_boot.KERNEL), metavar='FILE')
    add('--append', default='', metavar='WORDS', help='more words for the kernel\'s command line')
    add('--quiet', action='store_true', help='no progress lines on stderr')
    options = parser.parse_args(arguments)
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    return options


def run(options, work):
    bench = Bench(options, work)
    figures = {}
    if options.programs:
        total = figures['programs'] = Outcomes()
        end = options.first + options.programs
        for first in range(options.first, end, PROGRAMS_IN_A_BOOT):
            part = run_programs(bench, first, min(PROGRAMS_IN_A_BOOT, end - first))
            total.runs += part.runs
            total.by_outcome += part.by_outcome
            total.problems += part.problems
            if not options.quiet:
                runpe.show(f'mutate: {total.runs} programs, {len(total.problems)} problems')
    if options.volumes:
        total = figures['volumes'] = Outcomes()
        volumes = make_volumes(bench)
        for number in range(options.first, options.first + options.volumes):
            run_volume(bench, number, volumes, total)
            if not options.quiet and total.runs % 50 == 0:
                runpe.show(f'mutate: {total.runs} volumes, {len(total.problems)} problems')
    for kind, total in figures.items():
        print(f"{kind}: {total.runs}; bugchecks {total.count('bugcheck')}, "
              f"hangs {total.count('hang')}, lost something {total.count('lost')}")
        for outcome, count in total.by_outcome.most_common():
            print(f'  {count:5} {outcome}')
    if options.json:
        with open(options.json, 'w') as file:
            json.dump({'seed': options.seed, 'first': options.first,
                       **{kind: vars(total) for kind, total in figures.items()}}, file, indent=1)
            file.write('\n')
    return 1 if any(total.problems for total in figures.values()) else 0


if __name__ == '__main__':
    sys.exit(series_boot.run_tool('mutate', lambda work: run(parse_arguments(sys.argv[1:]), work)))
