"""row_profile ROW: where the instructions of one row of tools/bench go, by function. Started by tools/profile."""
import argparse
import bisect
import collections
import re
import subprocess
import sys

import bench_rows
import bench_run
import make_symbols

KERNEL_BASE = 0x80000000


class Functions:
    """The kernel's functions by address."""

    def __init__(self, elf):
        self._functions, self._end = make_symbols.functions(elf)
        self._starts = [address for address, _ in self._functions]

    def at(self, address):
        """(name, start, end) of the function that holds `address`."""
        if address < KERNEL_BASE:
            return 'the program', 0, KERNEL_BASE
        index = bisect.bisect_right(self._starts, address) - 1
        if index < 0 or address >= self._end:
            return 'elsewhere', KERNEL_BASE, KERNEL_BASE
        end = self._starts[index + 1] if index + 1 < len(self._starts) else self._end
        return self._functions[index][1], self._starts[index], end


def run(row, cluster):
    boot = bench_run.Boot(bench_run.make_disk(), bench_run.Options(), 900)
    with bench_run.Progress(f'Profiling {row.guest_row}'):
        boot.faultline([row.guest_row], cluster=cluster, counter=',profile=on')
    counts = {int(words[1], 16): int(words[2]) for words in boot.counted if words[0] == 'at'}
    samples = next(int(words[1]) for words in boot.counted if words[0] == 'samples')
    if samples == 0:
        sys.exit(f'profile: {row.name} has no samples')
    return counts, samples


def by_function(counts, samples, functions):
    totals, calls = collections.Counter(), collections.Counter()
    for address, count in counts.items():
        name, start, _ = functions.at(address)
        totals[name] += count
        if address == start:
            calls[name] += count
    whole = sum(totals.values())
    print(f'{"instructions":>14} {"share":>6} {"calls":>9}   for each of {samples} samples')
    for name, total in totals.most_common():
        if total < whole / 2000:
            break
        print(f'{total / samples:14,.1f} {total / whole:6.1%} {calls[name] / samples:9,.2f}   {name}')
    print(f'{whole / samples:14,.1f}')


def annotate(counts, samples, functions, pattern):
    """The disassembly of the functions whose name matches, each line with its count."""
    spans = {functions.at(address) for address in counts if address >= KERNEL_BASE}
    for name, start, end in sorted(spans, key=lambda span: span[1]):
        if not re.search(pattern, name):
            continue
        print(name)
        listing = subprocess.run(
            ['objdump', '-d', '-C', '--no-show-raw-insn', f'--start-address={start:#x}',
             f'--stop-address={end:#x}', bench_run.KERNEL], capture_output=True, text=True, check=True)
        for line in listing.stdout.splitlines():
            if match := re.match(r'\s*([0-9a-f]+):', line):
                count = counts.get(int(match[1], 16))
                print(f'{count / samples:12,.2f} {line}' if count else f'{"":12} {line}')


def main():
    parser = argparse.ArgumentParser(
        prog='profile', allow_abbrev=False,
        description='Where the instructions of one row of tools/bench go on Faultline: exact counts for '
                    'each function, from QEMU, within the samples alone.')
    parser.add_argument('row', choices=[row.name for row in bench_rows.ROWS], metavar='ROW',
                        help='as tools/bench --list names it')
    parser.add_argument('--annotate', metavar='REGEX',
                        help='the instructions of the functions whose name matches')
    parser.add_argument('--cluster', type=int, metavar='PAGES', help='as for runpe')
    options = parser.parse_args()
    row = next(row for row in bench_rows.ROWS if row.name == options.row)
    counts, samples = run(row, options.cluster or (1 if row.strict else None))
    functions = Functions(str(bench_run.KERNEL))
    if options.annotate:
        annotate(counts, samples, functions, options.annotate)
    else:
        by_function(counts, samples, functions)


if __name__ == '__main__':
    main()
