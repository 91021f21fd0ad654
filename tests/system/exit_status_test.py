"""The exit status: its low 8 bits are runpe's, all 32 are in the statistics."""
import pathlib
import signal
import subprocess
import time
import unittest

import support


class ExitStatus(support.SystemTest):
    def test_each(self):
        for status in (0, 1, 100, 255, 256, 259, 0x7FFFFFFF, 0xC0000005, 0xFFFFFFFF):
            with self.subTest(f'{status:#x}'):
                self.run_guest('exitcode', f'{status:#x}', expect=status)

    def test_three_dlls(self):
        self.run_guest('threedll', expect=100)


class Timeouts(support.SystemTest):
    def test_a_program_that_never_ends(self):
        done = support.run('spinner', options=['--timeout', '8'])
        self.assertEqual(done.status, 246, done.explain())
        self.assertEqual(done.stats['outcome'], 'timeout')
        self.assertIn('time-out', done.stderr)

    def test_signals_end_the_run_and_the_machine(self):
        for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            with self.subTest(number.name), \
                    subprocess.Popen(support.command(support.guest('spinner')),
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, env=support.ENVIRONMENT) as process:
                end = time.monotonic() + 30
                while not (machines := self.children(process.pid)) and time.monotonic() < end:
                    time.sleep(0.1)
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=60), status)
                self.assertTrue(machines)
                for machine in machines:
                    self.assertFalse(pathlib.Path(f'/proc/{machine}/exe').exists())

    @staticmethod
    def children(pid):
        """Those that are QEMU."""
        try:
            found = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()
            return [child for child in found
                    if 'qemu' in pathlib.Path(f'/proc/{child}/comm').read_text()]
        except OSError:
            return []


if __name__ == '__main__':
    unittest.main()
