"""Arguments reach the program as they were given; wrong usage of runpe is refused."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import support


class Arguments(support.SystemTest):
    def check(self, *arguments):
        done = self.run_guest('args', *arguments)
        expected = b''.join(os.fsencode(argument) + b'\0' for argument in arguments)
        self.assertEqual(done.stdout, expected, done.explain())

    def test_none(self):
        self.check()

    def test_plain_empty_and_with_blanks(self):
        self.check('one', '', 'two words', ' ', 'tab\there', 'four')

    def test_quotation_marks_and_backslashes(self):
        self.check('"', 'a"b', '\\', 'a\\', 'a\\\\b', '\\"', 'two words\\', 'C:\\path\\file.txt', '""')

    def test_unicode(self):
        self.check('grüße', '日本語', '€ 5', '\U0001F600', 'naïve café')

    def test_what_looks_like_an_option(self):
        self.check('--mem', '1', '--', '-x', '--help')

    def test_many(self):
        self.check(*[f'argument{i}' for i in range(100)])


class Usage(unittest.TestCase):
    def check(self, status, *arguments, words=''):
        done = subprocess.run([str(support.RUNPE), *arguments], capture_output=True,
                              stdin=subprocess.DEVNULL, env=support.ENVIRONMENT, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(words, (done.stderr + done.stdout).decode())

    def test_unknown_option(self):
        self.check(240, '--no-such-option', words='--no-such-option')

    def test_values_out_of_range(self):
        hello = str(support.guest('hello'))
        self.check(240, '--cluster', '0', hello, words='--cluster')
        self.check(240, '--seed', 'many', hello, words='--seed')
        self.check(240, '--timeout', 'soon', hello, words='--timeout')

    def test_disk_that_is_not_there(self):
        self.check(240, '--disk', '/no/such/directory', str(support.guest('hello')),
                   words='/no/such/directory')

    def test_help_names_every_exit_status(self):
        done = subprocess.run([str(support.RUNPE), '--help'], capture_output=True, text=True,
                              env=support.ENVIRONMENT, timeout=60)
        self.assertEqual(done.returncode, 0)
        for status in range(240, 250):
            self.assertIn(str(status), done.stdout)

    def test_keep_leaves_the_disk(self):
        done = support.run('hello', options=['--keep'])
        self.assertEqual(done.status, 0, done.explain())
        image = pathlib.Path(re.search(r'the disk image is (.*)', done.stderr)[1])
        self.addCleanup(shutil.rmtree, image.parent)
        self.assertEqual(os.listdir(image.parent), ['disk.img'])
        listing = subprocess.run(['mdir', '-b', '-i', str(image), '::'], capture_output=True,
                                 text=True, check=True).stdout
        self.assertEqual(listing.split(), ['::/hello.exe'])


if __name__ == '__main__':
    unittest.main()
