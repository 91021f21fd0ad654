"""One boot of tools/bench: either system in QEMU with the bench disk, and what came of it.

The instructions are counted by QEMU: rdtsc by -icount, and across sleeps tools/instruction_counter. Both
systems get the same machine, the same disk and the same program (tests/bench/guest).
"""
import dataclasses
import json
import os
import pathlib
import statistics
import sys
import tempfile
import threading

import guest_disk
import machine

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'build/bench'
KERNEL = ROOT / 'build/kernel/faultline.elf'
PROGRAMS = ROOT / 'build/host/tests/bench/guest/bin'
COUNTER = ROOT / 'build/host/tools/instruction_counter/instruction_counter.so'
FILES = 9
SECTOR = 512


class RunError(Exception):
    pass


@dataclasses.dataclass
class Options:
    """The machine, for machine.Machine."""
    mem: str = '64'
    machine: str = 'pc'
    cpu: str = 'pentium3'
    icount: bool = True
    gdb: bool = False


class Progress:
    """Says on stderr what is going on, if it goes on for over two seconds."""

    def __init__(self, text):
        self._timer = threading.Timer(2, lambda: print(text + '...', file=sys.stderr, flush=True))

    def __enter__(self):
        self._timer.start()

    def __exit__(self, *_):
        self._timer.cancel()


def make_disk():
    """The disk of both systems: the programs of both, and files whose pages bear their numbers."""
    disk = FOLDER / 'disk.img'
    programs = {name: PROGRAMS / source for name, source in {
        'bench.exe': 'bench.exe', 'nothing.exe': 'nothing.exe', 'image.dll': 'image.dll',
        'bench': 'bench_linux', 'nothing': 'nothing_linux'}.items()}
    programs = {name: path for name, path in programs.items() if path.exists()}
    made_of = [*programs.values(), pathlib.Path(__file__)]
    if disk.exists() and disk.stat().st_mtime > max(path.stat().st_mtime for path in made_of):
        return str(disk)
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = FOLDER / 'FILE.BIN'
    pages.write_bytes(b''.join(page.to_bytes(4, 'little').ljust(4096, b'\x5a') for page in range(4096)))
    layout = {(name,): str(path) for name, path in programs.items()}
    layout.update({(f'FILE{i}.BIN',): str(pages) for i in range(FILES)})
    unfinished = FOLDER / 'disk.new'
    with Progress('Making the disk'):
        guest_disk.build(str(unfinished), layout)
    unfinished.rename(disk)
    return str(disk)


def read_samples(output, counted):
    """What the measuring program wrote (tests/bench/guest/sampling.h), and the instruction counter."""
    by_row = {}
    marks = [int(words[1]) for words in counted if words[0] == 'sample']
    for line in output.splitlines():
        words = line.split()
        if words[:1] != ['row']:
            raise RunError(line)
        row, kind, values = words[1], words[2], list(map(int, words[3:]))
        figures = by_row.setdefault(row, {})
        if kind == 'cycles':
            figures['count'] = values
        elif kind == 'counted':
            figures['count'], marks = marks[:values[0]], marks[values[0]:]
            if len(figures['count']) != values[0]:
                raise RunError(f'{row}: the instruction counter saw {len(figures["count"])} samples '
                               f'of {values[0]}')
        elif kind == 'disk':
            figures['reads'] = values[::2]
            figures['bytes'] = [sectors * SECTOR for sectors in values[1::2]]
    for words in counted:
        if words[0] == 'boot':
            by_row['boot'] = {'count': [int(words[1])]}
    return by_row


class Boot:
    """Runs rows on one of the systems; `counter`: options of the instruction counter, None: without it."""

    def __init__(self, disk, options, timeout):
        self._disk, self._options, self._timeout = disk, options, timeout
        self.reports, self.counted, self.output, self._account = [], [], '', ''

    def _run(self, kernel, words, more, counter):
        with tempfile.TemporaryDirectory(prefix='bench-') as work:
            log, counts = os.path.join(work, 'log'), os.path.join(work, 'counts')
            if counter is not None:
                more = [*more, '-plugin', f'file={COUNTER},out={counts}{counter}']
            # Nobody writes to the disk, and two may measure at once.
            more = [*more, '-snapshot']
            guest = machine.Machine(kernel=kernel, disk=self._disk, kernel_command_line=words, log=log,
                                    options=self._options, more_arguments=more)
            output, reports = bytearray(), bytearray()
            guest.output('out', 0xE9, output.extend)
            guest.output('reports', 0xEB, reports.extend)
            try:
                with open(os.path.join(work, 'errors'), 'wb') as errors:
                    guest.start(errors)
                status = guest.wait(self._timeout)
            finally:
                guest.stop()
            self.output = output.decode(errors='replace')
            self.reports = [json.loads(line) for line in reports.splitlines() if line.strip()]
            if counter is not None and os.path.exists(counts):
                with open(counts) as file:
                    self.counted = [line.split() for line in file]
            texts = [self.output, *(str(report) for report in self.reports)]
            for name in ('errors', 'log'):
                with open(os.path.join(work, name), errors='replace') as file:
                    texts.append(file.read()[-1500:])
            self._account = '\n'.join(text.strip() for text in texts if text.strip())
            if status != machine.STATUS_NORMAL:
                raise RunError('no result (' + ('time-out' if status is None else f'QEMU: {status}') +
                               f'): {self._account}')

    def faultline(self, rows, cluster=None, counter=''):
        words = 'host=1 stats=1 seed=1 ' + (f'cluster={cluster} ' if cluster else '')
        self._run(str(KERNEL), words + '-- C:\\bench.exe ' + ' '.join(rows), [], counter)
        ended = [report['status'] for report in self.reports if report.get('event') == 'exit']
        if ended != [0]:
            raise RunError(f'ended with {ended}: {self._account}'[:3000])

    def linux(self, peer, rows, counter=''):
        import linux_peer
        words = linux_peer.WORDS + ' -- - ' + ' '.join(rows)
        self._run(peer.kernel, words, ['-initrd', peer.initial_disk], counter)
        # QEMU's own failures have the same exit status as an end in order.
        if not self.output and not self.counted:
            raise RunError(f'no result: {self._account}')

    def samples(self):
        """{row: {figure: its samples}}; figures: count, and for rows of the disk reads and bytes."""
        return read_samples(self.output, self.counted)

    def disk_figures(self):
        """(requests, bytes) that Faultline sent to the disk during the whole boot."""
        stats = next(report for report in self.reports if report.get('event') == 'stats')
        return stats['disk']['reads'], stats['disk']['bytes']


def summary_of(samples):
    """The median, the quarters' bounds, the extremes."""
    quarters = statistics.quantiles(samples, n=4, method='inclusive') if len(samples) > 1 else samples * 3
    return {'median': statistics.median(samples), 'lower_quarter': quarters[0],
            'upper_quarter': quarters[2], 'least': min(samples), 'most': max(samples),
            'samples': len(samples)}
