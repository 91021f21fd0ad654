"""What the system tests share: a run of tools/runpe as an object, a boot of a disk of one's own."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / 'build/host/tests/guest/bin'
# The test programs for Windows.
WINDOWS = ROOT / 'build/host/tests/nt/bin'
DEMO = ROOT / 'build/host/demo'
RUNPE = ROOT / 'tools/runpe'
KERNEL = ROOT / 'build/kernel/faultline.elf'
sys.path.insert(0, str(ROOT / 'tools/lib'))
sys.dont_write_bytecode = True

import guest_disk  # noqa: E402
import machine  # noqa: E402

# A loaded machine with two cores runs an emulated processor slowly; nothing here takes a tenth of it.
TIMEOUT = 120
ENVIRONMENT = {**os.environ, 'FAULTLINE_PREBUILT': '1'}


class Run:
    """What came of one runpe: status, stdout, stderr, and as asked for stats, trace, log."""

    def __init__(self, done, folder):
        self.status, self.stdout = done.returncode, done.stdout
        self.stderr = done.stderr.decode(errors='replace')
        self.stats = self._json(folder / 'stats.json') or {}
        trace = folder / 'trace.json'
        events = ([json.loads(line) for line in trace.read_text().splitlines()]
                  if trace.exists() else [])
        self.trace = [fault for fault in events if 'event' not in fault]
        log = folder / 'kernel.log'
        self.log = log.read_text(errors='replace') if log.exists() else ''

    @staticmethod
    def _json(path):
        return json.loads(path.read_text()) if path.exists() else None

    @property
    def exit_status(self):
        """All 32 bits of the program's exit status, None if it did not get that far."""
        status = self.stats.get('exit_status')
        return None if status is None else status & 0xFFFFFFFF

    def image(self, name):
        found = [i for i in self.stats['images'] if i['name'].lower() == name]
        assert len(found) == 1, f'{name}: {found}'
        return found[0]

    def explain(self):
        return (f'status {self.status}, exit status {self.exit_status}\n--- stdout\n'
                f'{self.stdout[:2000].decode(errors="replace")}\n--- stderr\n{self.stderr[:3000]}\n'
                f'--- end of the kernel\'s log\n{self.log[-2000:]}')


def command(program, *arguments, options=()):
    return [str(RUNPE), *options, '--', str(program), *arguments]


def guest(name):
    """A test program by name; any other path as it is."""
    path = BIN / f'{name}.exe'
    return path if '/' not in str(name) and path.exists() else name


def run(program, *arguments, options=(), stdin=b'', trace=False, timeout=TIMEOUT):
    """Runs a test program (by name) or a file (by path)."""
    with tempfile.TemporaryDirectory(prefix='faultline-test-') as folder:
        folder = pathlib.Path(folder)
        more = ['--quiet', '--stats', str(folder / 'stats.json'),
                '--kernel-log', str(folder / 'kernel.log')]
        if trace:
            more += ['--trace', str(folder / 'trace.json')]
        if '--timeout' not in options:
            more += ['--timeout', str(timeout)]
        done = subprocess.run(command(guest(program), *arguments, options=[*more, *options]),
                              input=stdin, capture_output=True, env=ENVIRONMENT,
                              timeout=timeout + 60)
        return Run(done, folder)


class SystemTest(unittest.TestCase):
    """A test with a folder of its own, and words about the run when it fails."""

    maxDiff = 2000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='faultline-test-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_guest(self, program, *arguments, expect=0, **how):
        """Runs it; all 32 bits of its exit status must be `expect`."""
        done = run(program, *arguments, **how)
        self.assertEqual(done.stats.get('outcome'), 'exit', done.explain())
        self.assertEqual(done.exit_status, expect, done.explain())
        self.assertEqual(done.status, expect & 0xFF, done.explain())
        return done

    def check_windows(self, name):
        """A program of tests/nt that checks what it sees (check.h)."""
        done = self.run_guest(str(WINDOWS / f'{name}.exe'))
        self.assertEqual(done.stdout.decode().splitlines()[-1], '0 failed', done.explain())
        self.assertGreater(len(done.stdout.splitlines()), 4)

    def disk(self, *files):
        """A directory for --disk with these files of the test programs."""
        directory = self.folder / 'disk'
        directory.mkdir(exist_ok=True)
        for name in files:
            shutil.copy(BIN / name, directory)
        return ['--disk', str(directory)]

    def assert_all_given_back(self, stats):
        for kind in ('frames', 'commit', 'heap'):
            self.assertEqual(stats[kind]['final'], stats[kind]['baseline'], f'{kind}: {stats[kind]}')


class Boot:
    """The kernel on a disk image of one's own, without what runpe does beforehand."""

    def __init__(self, image, command_line, *, words='', mem='64', cpu='pentium3', board='pc',
                 timeout=TIMEOUT):
        self.out, self.err, self._reports = bytearray(), bytearray(), bytearray()
        options = types.SimpleNamespace(machine=board, cpu=cpu, mem=mem, icount=False, gdb=False)
        with tempfile.TemporaryDirectory(prefix='faultline-test-') as folder:
            log = pathlib.Path(folder) / 'kernel.log'
            guest_machine = machine.Machine(
                kernel=str(KERNEL), disk=str(image), log=str(log), options=options,
                kernel_command_line=f'host=1 seed=1 trace=0 stats=1 {words} -- {command_line}')
            guest_machine.output('out', 0xE9, self.out.extend)
            guest_machine.output('err', 0xEA, self.err.extend)
            guest_machine.output('reports', 0xEB, self._reports.extend)
            try:
                with open(os.path.join(folder, 'qemu.err'), 'wb') as errors:
                    guest_machine.start(errors)
                self.qemu_status = guest_machine.wait(timeout)
            finally:
                guest_machine.stop()
            self.log = log.read_text(errors='replace') if log.exists() else ''
        self.reports = [json.loads(line) for line in bytes(self._reports).splitlines() if line]

    def report(self, event):
        return next((r for r in self.reports if r.get('event') == event), None)

    def explain(self):
        return f'QEMU: {self.qemu_status}\n{self.reports}\n{bytes(self.err)}\n{self.log[-3000:]}'
