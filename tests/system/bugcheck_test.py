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

    def bugcheck(self, kind, *options):
        done = support.run('hello', options=['--append', f'bugcheck={kind}', *options])
        self.assertEqual(done.status, 247, done.explain())
        return done

    def test_an_overflowing_stack_meets_its_guard_page(self):
        done = self.bugcheck(2, '--cpu', '486')
        self.assertRegex(done.stderr, r'double fault: the kernel stack of thread \d+ has overflowed')
        # Where it recursed, down to the last call that fitted.
        self.assertRegex(done.stderr, r'(\n  80[0-9a-f]{6} \S*OverflowStack\S*\+0x[0-9a-f]+){8}')

    def test_the_stack_that_the_kernel_starts_on_has_one_too(self):
        done = self.bugcheck(3)
        self.assertIn('double fault: the stack pointer was 0x8', done.stderr)
        self.assertRegex(done.stderr, r'\n  80[0-9a-f]{6} \S*OverflowStack')

    def test_the_kernel_does_not_touch_user_memory_but_where_it_may(self):
        done = self.bugcheck(4, '--cpu', 'max')
        self.assertRegex(done.stderr, r'the kernel itself touched 0x00010000 \(write\)')


if __name__ == '__main__':
    unittest.main()
