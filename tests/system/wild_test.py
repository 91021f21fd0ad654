"""Wild pointers, lengths and handles in every system call: the program survives, and the kernel."""
import unittest

import support

SEEDS = (1, 2, 3, 4711, 0xFFFFFFFF)


class Wild(support.SystemTest):
    def test_seeds(self):
        for seed in SEEDS:
            with self.subTest(seed):
                done = self.run_guest('wild', str(seed))
                self.assertRegex(done.stdout.decode(), r'wild: survived \d{4} calls')
                self.assert_all_given_back(done.stats)

    def test_four_at_once(self):
        done = self.run_guest('spawn', '4', 'C:\\wild.exe', '1{}', options=self.disk('wild.exe'))
        self.assertEqual(done.stdout.count(b'ended 0x00000000\n'), 4, done.explain())
        self.assert_all_given_back(done.stats)


if __name__ == '__main__':
    unittest.main()
