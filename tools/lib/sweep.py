"""sweep: runs a program once for each disk read, frame, heap block and commit charge, with that one
failing, until nothing is left to fail; see --help. Started by tools/sweep.

The runs of one kind share a boot; after a bugcheck or a hang the next boot goes on behind it. What counts
as wrong (README.md, "When something fails"):
  a run that ends with the status of a run without failures, but did not write the same, unless one of
  its lines names an NTSTATUS of an error, as a program does that copes with a failure and says so;
  a run that the kernel ended (exception, not started), whose output is not the beginning of the right one;
  a clean run, after the failing one, that differs in anything: something stuck.
A time-out is a program that ran longer than --limit and was ended: it waits for something that will not
come, by its own fault or by a wake-up that the kernel lost. A hang is a kernel that says nothing more.
"""
import argparse
import json
import os
import re
import sys

import guest_disk
import program_files
import runpe
import series_boot
import windows_command_line

KINDS = ('disk', 'frame', 'heap', 'commit')
TELLS_OF_ERROR = re.compile(rb'0x[cC][0-9a-fA-F]{7}\b')


class Tally:
    """What came of the runs of one kind."""

    def __init__(self):
        self.runs = self.clean_runs = self.untouched = 0
        self.bugchecks, self.hangs, self.time_outs, self.wrong, self.stuck = 0, 0, 0, 0, 0
        self.lost = {'frames': 0, 'commit': 0, 'heap': 0}
        self.outcomes, self.problems = {}, []

    def problem(self, n, what, detail=''):
        self.problems.append({'n': n, 'what': what, 'detail': detail})

    def take(self, run, n, reference):
        """A run's report, with the n-th failing or just after that; False: nothing was left to fail."""
        for name in self.lost:
            self.lost[name] += abs(run['left'][name])
        if any(run['left'][name] for name in self.lost):
            self.problem(n, 'lost', run['left'])
        same = all(run[k] == reference[k] for k in ('outcome', 'status', 'output', 'error'))
        if run['n'] == 0:
            self.clean_runs += 1
            if not same:
                self.stuck += 1
                self.problem(n, 'the clean run after it differs', brief(run))
            return True
        if not run['reached']:
            return False
        self.runs += 1
        self.untouched += same
        outcome = 'as without failures' if same else name_outcome(run)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if run['outcome'] == 'timeout':
            self.time_outs += 1
            self.problem(n, 'time-out', brief(run))
        elif not same and is_wrong(run, reference):
            self.wrong += 1
            self.problem(n, 'wrong output', brief(run))
        return True

    def as_json(self):
        return {key: value for key, value in vars(self).items()}


def is_wrong(run, reference):
    written = run['output'] + b'\n' + run['error']
    if run['outcome'] == 'exit' and TELLS_OF_ERROR.search(written):
        return False
    if run['outcome'] == 'exit' and run['status'] == reference['status']:
        return True
    if run['outcome'] == 'exit' and not run['exceptions']:
        return False  # It ended itself, with a status of its own, and may have said so in any words.
    return not all(reference[k].startswith(run[k]) for k in ('output', 'error'))


def name_outcome(run):
    how = {'exit': 'ended', 'error': 'not started', 'timeout': 'time-out'}[run['outcome']]
    return f"{how} 0x{run['status']:08x}"


def brief(run):
    return {**{k: run[k] for k in ('outcome', 'status')}, 'message': run.get('message', ''),
            'output': run['output'][-300:].decode(errors='replace'),
            'error': run['error'][-300:].decode(errors='replace')}


class Sweep:
    def __init__(self, options, work):
        self.options, self.work = options, work
        program = options.command[0]
        program_files.check_program(program)
        self.disk = os.path.join(work, 'disk.img')
        files = program_files.needed(program, options.disk)
        guest_disk.build(self.disk, guest_disk.collect(program, files.beside, options.disk,
                                                       files.system))
        self.command_line = windows_command_line.join(files.guest_path(), options.command[1:])
        self.reference = self.run_clean()

    def boot(self, words):
        options = self.options
        all_words = f'seed={options.seed} limit={int(options.limit * 1000)} {words}'
        if options.cluster:
            all_words += f' cluster={options.cluster}'
        return series_boot.Boot(self.disk, f'{all_words} {options.append}', self.command_line,
                                options, self.work, quiet=options.limit + 20,
                                kernel=options.kernel)

    def run_clean(self):
        """The program without failures, and with what it counts there."""
        boot = self.boot('sweep=disk from=2000000000')
        if boot.end != 'exit' or len(boot.runs) != 2:
            raise runpe.Failure(runpe.EXIT_START, f'the program does not even run without '
                                f'failures: {boot.end} {boot.message}', 'other')
        cold, warm = boot.runs
        for key in ('outcome', 'status', 'output', 'error'):
            if cold[key] != warm[key]:
                raise runpe.Failure(runpe.EXIT_START, f'two runs without failures differ in '
                                    f'{key}: {brief(cold)} {brief(warm)}', 'other')
        return warm

    def sweep(self, kind):
        tally, n, last = Tally(), self.options.first, None
        plus = '+' if self.options.and_after else ''
        while n is not None:
            boot = self.boot(f'sweep={kind}{plus} from={n} every={self.options.every}')
            failing = n
            n = None
            for run in boot.runs:
                failing = run['n'] or failing
                more = tally.take(run, failing, self.reference)
                last = None if more else failing
            if boot.end == 'exit':
                break
            if boot.begun is None and not boot.runs:
                raise runpe.Failure(runpe.EXIT_HOST, f'{kind}: {boot.end} before the first run: '
                                    f'{boot.message}\n{boot.log()}', 'host')
            where = boot.begun or failing
            if boot.end == 'bugcheck':
                tally.bugchecks += 1
            else:
                tally.hangs += 1
            tally.problem(where, boot.end, {'message': boot.message, 'log': boot.log()})
            n = where + self.options.every if last is None else None
        return tally


def table(tallies):
    rows = [('', 'runs', 'as without', 'by status', 'bugchecks', 'hangs', 'time-outs', 'lost frames',
             'lost commit', 'lost heap', 'wrong', 'stuck')]
    for kind, tally in tallies.items():
        failed = tally.runs - tally.untouched
        rows.append((kind, tally.runs, tally.untouched, failed, tally.bugchecks,
                     tally.hangs, tally.time_outs, tally.lost['frames'], tally.lost['commit'],
                     tally.lost['heap'], tally.wrong, tally.stuck))
    rows.append(('all', *(sum(row[i] for row in rows[1:]) for i in range(1, len(rows[0])))))
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    return '\n'.join('  '.join(str(cell).ljust(width) if i == 0 else str(cell).rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))).rstrip()
                     for row in rows)


def parse_arguments(arguments):
    parser = runpe.Parser(
        prog='sweep', allow_abbrev=False, usage='sweep [options] [--] program.exe [arguments...]',
        description='Runs a program once for each thing that can fail under it, and checks the '
                    'system after each.',
        epilog='exit status: 0 if nothing was lost, wrong or stuck; 1 if something was')
    add = parser.add_argument
    add('--kinds', default=','.join(KINDS), help='of ' + ', '.join(KINDS) + ' (default: all)')
    add('--every', type=int, default=1, metavar='K', help='only each K-th (default 1)')
    add('--and-after', action='store_true', help='not only the N-th fails, but all from it on')
    add('--first', type=int, default=1, metavar='N', help='begin with the N-th (default 1)')
    add('--limit', type=float, default=10, metavar='SECONDS', help='for one run (default 10)')
    add('--json', metavar='FILE', help='the figures, and each problem')
    add('--disk', metavar='DIR', action='append', default=[], help='its contents appear under C:\\')
    add('--mem', default='64')
    add('--cpu', default='pentium3')
    add('--machine', default='pc')
    add('--cluster', type=int)
    add('--seed', type=int, default=1)
    add('--kernel', default=str(series_boot.KERNEL), metavar='FILE')
    add('--icount', action='store_true')
    add('--append', default='', metavar='WORDS', help='more words for the kernel\'s command line')
    add('--quiet', action='store_true', help='no progress lines on stderr')
    add('command', nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    options.gdb = False
    if options.command[:1] == ['--']:
        del options.command[0]
    if not options.command:
        parser.error('no program')
    options.kinds = options.kinds.split(',')
    if not set(options.kinds) <= set(KINDS) or options.every < 1 or options.first < 1:
        parser.error('--kinds, --every or --first makes no sense')
    return options


def run(options, work):
    sweep = Sweep(options, work)
    tallies = {}
    for kind in options.kinds:
        if not options.quiet:
            runpe.show(f'sweep: {kind}...')
        tallies[kind] = sweep.sweep(kind)
    print(table(tallies))
    print()
    for kind, tally in tallies.items():
        told = ', '.join(f'{count} {outcome}' for outcome, count in sorted(
            tally.outcomes.items(), key=lambda item: -item[1]))
        print(f'{kind}: {told}')
    problems = [{'kind': kind, **p} for kind, tally in tallies.items() for p in tally.problems]
    for problem in problems[:20]:
        runpe.show(f"sweep: {problem['kind']}:{problem['n']}: {problem['what']}: "
                   f"{problem['detail']}")
    if options.json:
        with open(options.json, 'w') as file:
            json.dump({'program': options.command, 'every': options.every,
                       'and_after': options.and_after, 'seed': options.seed,
                       'kinds': {kind: tally.as_json() for kind, tally in tallies.items()}},
                      file, indent=1)
            file.write('\n')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(series_boot.run_tool('sweep', lambda work: run(parse_arguments(sys.argv[1:]), work)))
