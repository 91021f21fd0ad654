"""Threads of Windows programs and what they wait for. The programs say what they see, check by check; their
output is the same on every system that does it right."""
import unittest

import support

NT = support.ROOT / 'build/host/tests/nt/bin'


class WindowsThreads(support.SystemTest):
    def check(self, program):
        done = self.run_guest(str(NT / f'{program}.exe'))
        self.assertEqual(done.stdout.decode().splitlines()[-1], '0 failed', done.explain())
        self.assertGreater(len(done.stdout.splitlines()), 6)

    def test_locks_and_the_ends_of_threads(self):
        self.check('threads')

    def test_alerts_and_calls(self):
        self.check('alerts')

    def test_timers(self):
        self.check('timers')

    def test_completion_ports(self):
        self.check('ports')

    def test_handles(self):
        self.check('handles')

    def test_what_nt_does_and_wine_does_not(self):
        self.check('as_on_nt')

    def test_names(self):
        self.check('names')


if __name__ == '__main__':
    unittest.main()
