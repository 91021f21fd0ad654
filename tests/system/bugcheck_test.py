"""A bugcheck: a status of its own, the reason, and a backtrace with names."""
import unittest

import support


class Bugcheck(support.SystemTest):
    def test_tells_where_the_kernel_was(self):
        done = support.run('hello', options=['--append', 'bugcheck=1'])
        self.assertEqual(done.status, 247, done.explain())
        self.assertEqual(done.stats['outcome'], 'bugcheck')
        self.assertIn('runpe: bugcheck: the command line asks for a bugcheck', done.stderr)
        self.assertRegex(done.stderr, r'cr0=[0-9a-f]{8}')
        self.assertRegex(done.stderr, r'\n  80[0-9a-f]{6} KernelMain\+0x')


if __name__ == '__main__':
    unittest.main()
