"""Threads of Windows programs and what they wait for. The programs say what they see, check by check; their
output is the same on every system that does it right."""
import unittest

import support


class WindowsThreads(support.SystemTest):
    def test_locks_and_the_ends_of_threads(self):
        self.check_windows('threads')

    def test_alerts_and_calls(self):
        self.check_windows('alerts')

    def test_timers(self):
        self.check_windows('timers')

    def test_completion_ports(self):
        self.check_windows('ports')

    def test_handles(self):
        self.check_windows('handles')

    def test_what_nt_does_and_wine_does_not(self):
        self.check_windows('as_on_nt')

    def test_names(self):
        self.check_windows('names')


if __name__ == '__main__':
    unittest.main()
