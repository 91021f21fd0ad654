"""Threads: programs that check them from inside, and what is left of them afterwards."""
import unittest

import support


class Threads(support.SystemTest):
    def check(self, program, *arguments, **how):
        done = self.run_guest(program, *arguments, **how)
        self.assertRegex(done.stdout.decode(), r'[1-9]\d* checks, 0 failed\n$')
        self.assert_all_given_back(done.stats)

    def test_program_of_several_threads(self):
        done = self.run_guest('threads')
        sums = [500500 * n for n in (1, 2, 3, 4)]
        self.assertEqual(done.stdout.decode().splitlines(), [
            *(f'worker sum 0x{s:08x}' for s in sums),
            *(f'ended 0x{100 + 10 * n:08x}' for n in (1, 2, 3, 4)),
            f'total 0x{sum(sums):08x}', 'sleeper woken 0x00000000', 'sleeper ended 0x0000004d'])
        self.assert_all_given_back(done.stats)

    def test_creation_and_termination(self):
        self.check('threadtest')

    def test_objects_to_wait_for(self):
        self.check('synctest')


if __name__ == '__main__':
    unittest.main()
