"""guest_bench: Faultline's rows beside Linux's in one table; see --help. Started by tools/bench."""
import argparse
import json
import re
import subprocess
import sys

import bench_rows
import bench_run
import linux_peer
from bench_run import Boot, Options, Progress, RunError

TIMEOUT = 900  # A busy host may be many times slower than a quiet one.
LEAST_KIB, MOST_KIB = 512, 64 * 1024
MIB = 1024


class Faultline:
    title = 'Faultline'

    def __init__(self, disk):
        self._disk, self._disk_without_row = disk, None

    def measure(self, rows, strict):
        boot = Boot(self._disk, Options(), TIMEOUT)
        boot.faultline(rows, cluster=1 if strict else None)
        by_row = boot.samples()
        # A program cannot ask for the disk's figures: a boot with the row, less one without.
        if len(rows) == 1 and rows[0].startswith('file_'):
            if self._disk_without_row is None:
                without = Boot(self._disk, Options(), TIMEOUT)
                without.faultline(['boot'])
                self._disk_without_row = without.disk_figures()
            figures = by_row[rows[0]]
            count = len(figures['count'])
            for figure, with_row, without in zip(('reads', 'bytes'), boot.disk_figures(),
                                                 self._disk_without_row):
                figures[figure] = [(with_row - without) / count] * count
        return by_row

    def says_hello(self, kib):
        boot = Boot(self._disk, Options(mem=f'{kib}K'), 120)
        boot.faultline(['say_hello'], counter=None)
        return boot.output == 'hello\n'


class Linux:
    title = 'Linux'

    def __init__(self, disk, peer):
        self._disk, self._peer, self.version = disk, peer, peer.version

    def measure(self, rows, strict):
        boot = Boot(self._disk, Options(), TIMEOUT)
        boot.linux(self._peer, rows)
        by_row = boot.samples()
        # The cheaper of the two ways into the kernel counts.
        if 'null_call_fast' in by_row:
            fast = by_row.pop('null_call_fast')
            by_row['null_call'] = min(by_row['null_call'], fast, key=lambda row: sorted(row['count']))
        return by_row

    def says_hello(self, kib):
        boot = Boot(self._disk, Options(mem=f'{kib}K'), 300)
        boot.linux(self._peer, ['hello'], counter=None)
        return boot.output == 'hello\n'


def smallest_memory(system):
    """MiB, to about three in a hundred: sizes that work and that do not are taken to be in order."""
    too_small, enough = LEAST_KIB, MOST_KIB
    while enough - too_small > max(64, enough // 32):
        middle = (enough + too_small) // 128 * 64
        try:
            runs = system.says_hello(middle)
        except RunError:
            runs = False
        if runs:
            enough = middle
        else:
            too_small = middle
    return {'smallest_memory': {'count': [enough / MIB]}}


def measure(system, rows, troubles):
    """{name of the row: its figures} for those of `rows` that could be measured; `troubles` has why not."""
    boots, figures = {}, {}
    for row in rows:
        boots.setdefault(row.boot, []).append(row)
    for boot, members in boots.items():
        names = list(dict.fromkeys(row.guest_row for row in members))
        with Progress(f'{system.title}: ' + ', '.join(names)):
            try:
                if boot == 'memory':
                    by_row = smallest_memory(system)
                else:
                    by_row = system.measure(names, members[0].strict)
            except RunError as error:
                troubles.append(f'{system.title}: {", ".join(names)}: {error}')
                continue
        for row in members:
            samples = by_row.get(row.guest_row, {}).get(row.figure)
            if samples:
                figures[row.name] = bench_run.summary_of([value / row.scale for value in samples])
            else:
                troubles.append(f'{system.title}: {row.name}: no figure')
    return figures


def aim_of(row, ours, linux):
    """The number that the row is to stay at or below; None if it has none (or Linux's is not known)."""
    if row.aim == bench_rows.BELOW_LINUX:
        return linux.get(row.name, {}).get('median')
    if isinstance(row.aim, tuple):
        other, factor = row.aim
        return ours[other]['median'] * factor if other in ours else None
    return row.aim


def results(rows, ours, linux):
    for row in rows:
        result = {'name': row.name, 'title': row.title, 'unit': row.unit, 'scale': row.scale,
                  'ours': ours.get(row.name), 'linux': linux.get(row.name)}
        aim = result['aim'] = aim_of(row, ours, linux)
        mine, theirs = (side['median'] if side else None for side in (result['ours'], result['linux']))
        result['ratio'] = theirs / mine if mine and theirs else None
        result['aim_met'] = mine <= aim if mine is not None and aim is not None else None
        yield result


def number(value):
    if value is None:
        return '-'
    return f'{value:,.2f}' if value < 100 and value != int(value) else f'{value:,.0f}'


def spread(side):
    """How far apart the middle half of the samples lies, in hundredths of their median."""
    if not side or side['samples'] == 1:
        return ''
    return f'{100 * (side["upper_quarter"] - side["lower_quarter"]) / (side["median"] or 1):.1f}%'


def table(lines):
    head = ['', 'Faultline', '+-', 'Linux', '+-', 'ratio', 'aim', 'met']
    yes_no = {True: 'yes', False: 'no', None: ''}
    cells = [head] + [[line['title'], number(line['ours'] and line['ours']['median']),
                       spread(line['ours']), number(line['linux'] and line['linux']['median']),
                       spread(line['linux']), f'{line["ratio"]:.2f}' if line['ratio'] else '-',
                       number(line['aim']), yes_no[line['aim_met']]] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cells)]
    for title, *figures in cells:
        yield '  '.join([title.ljust(widths[0]),
                         *(figure.rjust(width) for figure, width in zip(figures, widths[1:]))]).rstrip()


def summary(lines):
    compared = [line for line in lines if line['ratio']]
    behind = [line['name'] for line in compared if line['ratio'] < 1]
    aimed = [line for line in lines if line['aim_met'] is not None]
    yield f'{sum(line["aim_met"] for line in aimed)} of {len(aimed)} rows are at their aim.'
    if compared:
        yield f'{len(behind)} of {len(compared)} rows are behind Linux' + (
            ': ' + ', '.join(behind) if behind else '') + '.'


def parse_arguments():
    parser = argparse.ArgumentParser(prog='bench', allow_abbrev=False)
    parser.add_argument('--rows', metavar='REGEX', default='.')
    parser.add_argument('--ours', action='store_true')
    parser.add_argument('--json', metavar='FILE')
    parser.add_argument('--list', action='store_true')
    return parser.parse_args()


def find_peer(disk, troubles):
    """Linux, or None with a word in `troubles`."""
    try:
        with Progress('Preparing Linux'):
            return Linux(disk, linux_peer.Peer(bench_run.PROGRAMS / 'bench_linux'))
    except linux_peer.PeerError as error:
        troubles.append(f'without Linux (--ours asks for that): {error}')
        return None


def write_json(file_name, lines, peer, troubles):
    qemu = subprocess.run(['qemu-system-i386', '--version'], capture_output=True, text=True)
    with open(file_name, 'w') as file:
        json.dump({'qemu': qemu.stdout.splitlines()[0], 'peer': peer and peer.version, 'rows': lines,
                   'troubles': troubles}, file, indent=1)
        file.write('\n')


def main():
    options = parse_arguments()
    rows = [row for row in bench_rows.ROWS if re.search(options.rows, row.name)]
    if options.list:
        print('\n'.join(f'{row.name:28} {row.title}' for row in rows))
        return 0
    if not rows:
        sys.exit('bench: no row has such a name (--list shows them)')
    troubles = []
    disk = bench_run.make_disk()
    peer = None if options.ours else find_peer(disk, troubles)
    ours = measure(Faultline(disk), rows, troubles)
    linux = measure(peer, rows, troubles) if peer else {}
    lines = list(results(rows, ours, linux))
    print('\n'.join(table(lines)) + '\n\nMedians; +-: how far apart the middle half of the samples lies.')
    if peer:
        print(f'The peer: {peer.version}.')
    print('\n'.join(summary(lines)))
    if options.json:
        write_json(options.json, lines, peer, troubles)
    for trouble in troubles:
        print(f'bench: {trouble}', file=sys.stderr)
    return 1 if troubles else 0


if __name__ == '__main__':
    sys.exit(main())
