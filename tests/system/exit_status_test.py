"""The exit status: its low 8 bits are runpe's, all 32 are in the statistics."""
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


if __name__ == '__main__':
    unittest.main()
