"""The demo: what it says, and that 4 MiB of memory are enough for it."""
import subprocess
import unittest

import support

WORDS = ('nothing of a program is in memory until it is touched', 'as it is on the disk',
         'written by the parent', 'The child did not see it')


class Demo(support.SystemTest):
    def demo(self, *options):
        done = subprocess.run([str(support.RUNPE), *options], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=support.ENVIRONMENT, timeout=180)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for words in WORDS:
            self.assertIn(words, done.stdout)
        return done.stdout

    def test_it_says_what_was_read_shared_and_copied(self):
        said = self.demo()
        self.assertRegex(said, r'letter\.dll +\d+ pages: \d+ read from disk .* shared by up to 2 '
                               r'processes, 1 page copied')
        self.assertIn('every frame and every promised page was given back', said)

    def test_four_mebibytes(self):
        self.demo('--mem', '4')

    def test_it_fits_a_text_screen(self):
        done = self.run_guest(str(support.DEMO / 'demo.exe'))
        lines = done.stdout.decode().splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 79)


if __name__ == '__main__':
    unittest.main()
