"""differential: programs for Windows, here and under the real Wine; see --help. Started by tools/differential."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import call_coverage
import differential_compare
import program_files
import wine_runs

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / 'build/host/tests/nt/bin'
RUNPE = ROOT / 'tools/runpe'
sys.path.insert(0, str(ROOT / 'tests/nt'))

HELP = '''\
Runs the programs of tests/nt/ (the table is tests/nt/corpus.py) on Faultline and under the real Wine 8.0, and
compares what they write to standard output, byte by byte, and their exit codes. Where the two must differ,
the table has the reason, and it is checked that they differ only there.

The real Wine is Debian's, for i386, on Debian's i686 kernel in QEMU: the first call fetches them by apt
(150 MB, nothing is installed), and makes a disk under build/differential with a new prefix (some 8 minutes,
1.2 GB). What programs said there is kept in build/differential/said by all that it follows from, so that a
second call has only to run them here.
'''
HELP_END = '''\
exit status: 0 no differences; 1 differences; 2 something is missing or out of order
'''


def parse_arguments():
    parser = argparse.ArgumentParser(prog='differential', usage='differential [options] [REGEX...]',
                                     description=HELP, epilog=HELP_END, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('--ours', action='store_true', help='without Wine: only what the programs find wrong themselves')
    add('--again', action='store_true', help='has Wine run them although it is known what they said')
    add('--list', action='store_true', help='the names of the runs')
    add('--json', metavar='FILE', help='the figures, and what differs')
    add('--outputs', metavar='DIR', help='writes NAME.ours and NAME.wine there')
    add('names', nargs='*', metavar='REGEX', help='only the runs whose name matches one')
    return parser.parse_args()


class Here:
    """What a run did on Faultline."""

    def __init__(self, run):
        with tempfile.TemporaryDirectory(prefix='differential-') as folder:
            stats = os.path.join(folder, 'stats.json')
            disk = ['--disk', str(ROOT / 'tests/nt' / run.disk)] if run.disk else []
            if run.dlls:
                for name in run.dlls:
                    shutil.copy(BIN / name, folder)
                disk += ['--disk', folder]
            command = [RUNPE, '--quiet', '--timeout', str(run.seconds), '--stats', stats, *disk, '--',
                       BIN / f'{run.program}.exe', *run.arguments]
            done = subprocess.run(command, input=run.stdin, capture_output=True,
                                  env={**os.environ, 'FAULTLINE_PREBUILT': '1'})
            self.output, self.errors = done.stdout, done.stderr.decode(errors='replace')
            with open(stats) as file:
                self.stats = json.load(file)
        self.outcome = self.stats['outcome']
        status = self.stats['exit_status']
        self.status = None if status is None else status & 0xFFFFFFFF


def files_of(run):
    """{path below C:\\: host file} of what Wine needs for a run; its own DLLs it has."""
    program = str(BIN / f'{run.program}.exe')
    files = {os.path.basename(path): pathlib.Path(path)
             for path in [program, *program_files.needed(program, quiet=True).beside]}
    files.update({name: BIN / name for name in run.dlls})
    if run.disk:
        folder = ROOT / 'tests/nt' / run.disk
        files.update({str(path.relative_to(folder)): path for path in folder.rglob('*') if path.is_file()})
    return files


def main():
    options = parse_arguments()
    import corpus
    runs = [run for run in corpus.RUNS
            if not options.names or any(re.search(name, run.name) for name in options.names)]
    if options.list:
        print('\n'.join(run.name for run in runs))
        return 0
    if not runs:
        print('differential: no run has such a name', file=sys.stderr)
        return 2
    wine = {}
    if not options.ours:
        wine = wine_runs.said_by_all({run.name: wine_runs.Request(run, files_of(run)) for run in runs},
                                     again=options.again)
    coverage = call_coverage.Coverage()
    results = []
    for run in runs:
        here = Here(run)
        coverage.add(here.stats)
        result = differential_compare.compare(run, here, wine.get(run.name))
        results.append(result)
        print(result.line(), flush=True)
        for text in result.differences:
            print('    ' + text)
        if options.outputs:
            result.write(pathlib.Path(options.outputs))
    checks, differences = sum(r.checks for r in results), sum(len(r.differences) for r in results)
    expected = sum(r.expected for r in results)
    print(f'programs {len({run.program for run in runs})}, runs {len(runs)}, checks {checks}, '
          f'differences {differences} (with a reason in the table: {expected})')
    print(coverage.line())
    if options.json:
        with open(options.json, 'w') as file:
            json.dump({'programs': len({run.program for run in runs}), 'runs': len(runs), 'checks': checks,
                       'differences': {r.name: r.differences for r in results if r.differences},
                       'expected': expected, 'calls': coverage.figures()}, file, indent=1)
    return 1 if differences else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (wine_runs.WineError, OSError, program_files.Failure) as error:
        print(f'differential: {error}', file=sys.stderr)
        sys.exit(2)
