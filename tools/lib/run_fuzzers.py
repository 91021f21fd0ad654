"""Runs fuzz targets that are built (tools/fuzz builds them first; ctest calls this)."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build/fuzz'
CORPUS = ROOT / 'build/fuzz-corpus'
FINDINGS = ROOT / 'build/fuzz-findings'
SLOWEST_INPUT = 60  # Seconds of the clock on the wall, and the machine may be busy with other things.
MEMORY_MIB = 1024
# A small quarantine: a long run's memory is the fuzzer's own then, and the limit is for the targets.
ENVIRONMENT = os.environ | {'ASAN_OPTIONS': 'detect_leaks=1:quarantine_size_mb=32',
                            'UBSAN_OPTIONS': 'print_stacktrace=1'}


class Outcome:
    """What libFuzzer's messages say about one run."""

    def __init__(self, target, exit_status, text, findings):
        self.target = target
        self.exit_status = exit_status
        self.text = text
        self.findings = findings
        executed = re.search(r'stat::number_of_executed_units:\s*(\d+)', text)
        progress = re.findall(r'cov: (\d+) ft: (\d+)(?: corp: (\d+))?', text)
        self.executions = int(executed[1]) if executed else 0
        self.edges, self.features, self.inputs = progress[-1] if progress else ('-', '-', '-')

    @property
    def good(self):
        return self.exit_status == 0 and self.executions > 0 and not self.findings

    def row(self):
        found = len(self.findings) or (0 if self.good else 'failed')
        return (self.target, f'{self.executions:,}', self.edges, self.features, self.inputs or '-', found)


def print_table(outcomes):
    rows = [('target', 'executions', 'edges', 'features', 'inputs', 'findings')]
    rows += [tuple(str(cell) for cell in outcome.row()) for outcome in outcomes]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print('  '.join([row[0].ljust(widths[0])] +
                        [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]))


def run_target(target, seconds):
    corpus, findings = CORPUS / target, FINDINGS / target
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(findings.iterdir())
    command = [BUILD / 'targets' / target, f'-max_total_time={seconds}', f'-timeout={SLOWEST_INPUT}',
               f'-rss_limit_mb={MEMORY_MIB}', '-print_final_stats=1', f'-artifact_prefix={findings}/',
               corpus, BUILD / 'seeds' / target]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=ENVIRONMENT, check=False)
    text = done.stdout.decode(errors='replace')
    # A slow unit is a remark, not a finding.
    new = [file for file in sorted(set(findings.iterdir()) - before)
           if not file.name.startswith('slow-unit-')]
    return Outcome(target, done.returncode, text, new)


def replay(target, files):
    """Runs the target once on each file; what it prints is shown."""
    return subprocess.run([BUILD / 'targets' / target, f'-timeout={SLOWEST_INPUT}', *files],
                          env=ENVIRONMENT, check=False).returncode


def main():
    parser = argparse.ArgumentParser(
        prog='fuzz', description='Builds the fuzz targets and runs them. Inputs that reach new code are '
        'kept in build/fuzz-corpus, those that fail in build/fuzz-findings. Exit status: 0 if nothing was '
        'found.')
    parser.add_argument('--seconds', type=int, default=60, metavar='N', help='for each target (60)')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), metavar='N',
                        help='targets at a time (one for each processor)')
    parser.add_argument('--replay', nargs='+', metavar='FILE', help='run the one TARGET on these inputs')
    parser.add_argument('targets', nargs='*', metavar='TARGET')
    arguments = parser.parse_args()

    known = sorted(file.name for file in (BUILD / 'targets').iterdir())
    targets = arguments.targets or known
    for target in targets:
        if target not in known:
            parser.error(f'no such target: {target}; there are {", ".join(known)}')
    if arguments.replay:
        if len(arguments.targets) != 1:
            parser.error('--replay needs one TARGET before it')
        return replay(targets[0], arguments.replay)

    with concurrent.futures.ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
        outcomes = list(pool.map(lambda target: run_target(target, arguments.seconds), targets))
    for outcome in outcomes:
        if not outcome.good:
            print(f'--- {outcome.target}: the end of what it said', outcome.text[-6000:], sep='\n')
            for file in outcome.findings:
                print(f'reproduce: tools/fuzz {outcome.target} --replay {file.relative_to(ROOT)}')
    print_table(outcomes)
    return 0 if all(outcome.good for outcome in outcomes) else 1


if __name__ == '__main__':
    sys.exit(main())
