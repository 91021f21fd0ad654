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
        self.assertEqual(done.stdout.decode().splitlines(), [
            'ended 0x0000006e', '  sum 0x0007a314', 'ended 0x00000078', '  sum 0x000f4628',
            'ended 0x00000082', '  sum 0x0016e93c', 'ended 0x0000008c', '  sum 0x001e8c50'])
        self.assert_all_given_back(done.stats)

    def test_creation_and_termination(self):
        self.check('threadtest')

    def test_objects_to_wait_for(self):
        self.check('synctest')


if __name__ == '__main__':
    unittest.main()
