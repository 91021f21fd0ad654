"""One table from the JSON that Google Benchmark wrote: ours, and the peers with their ratio to ours.

The names are operation/regions/who; what counts is the median of the repetitions' processor time.
"""

import json
import statistics
import sys

OURS = 'RegionTree'
UNITS = {'ns': 1, 'us': 1e3, 'ms': 1e6, 's': 1e9}


def read(path):
    """Nanoseconds by (operation, regions) and then by who, in the order of the run."""
    with open(path) as file:
        report = json.load(file)
    times = {}
    for run in report['benchmarks']:
        if run.get('run_type') != 'iteration' or run.get('error_occurred'):
            continue
        operation, regions, who = run['run_name'].split('/')
        rows = times.setdefault((operation, int(regions)), {})
        rows.setdefault(who, []).append(run['cpu_time'] * UNITS[run['time_unit']])
    return {row: {who: statistics.median(runs) for who, runs in columns.items()}
            for row, columns in times.items()}


def number(nanoseconds):
    return f'{nanoseconds:,.1f}' if nanoseconds < 100 else f'{nanoseconds:,.0f}'


def ratio(value):
    return f'{value:,.2f}' if value < 100 else f'{value:,.0f}'


def cells(row, times, peers):
    (operation, regions), ours = row, times.get(OURS)
    yield operation
    yield f'{regions:,}'
    yield number(ours) if ours else '-'
    for peer in peers:
        theirs = times.get(peer)
        yield number(theirs) if theirs else '-'
        yield ratio(theirs / ours) if ours and theirs else '-'


def table(times):
    peers = list(dict.fromkeys(who for columns in times.values() for who in columns if who != OURS))
    head = ['operation', 'regions', f'{OURS} ns']
    for peer in peers:
        head += [f'{peer} ns', 'x']
    operations = list(dict.fromkeys(operation for operation, _ in times))
    order = sorted(times, key=lambda row: (operations.index(row[0]), row[1]))
    lines = [head, *(list(cells(row, times[row], peers)) for row in order)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        name, *figures = line
        yield '  '.join([name.ljust(widths[0]),
                         *(figure.rjust(width) for figure, width in zip(figures, widths[1:]))])


def main():
    times = read(sys.argv[1])
    if not times:
        sys.exit('bench_table: no figures')
    print('\n'.join(table(times)))
    print(f'\nx: how many times as long as {OURS}. The peers know no gaps and walk to find one.')


if __name__ == '__main__':
    main()
