"""Standard input, output and error are runpe's own: byte-exact, and apart from the kernel's log."""
import os
import random
import subprocess
import unittest

import support


class Streams(support.SystemTest):
    def test_hello(self):
        done = self.run_guest('hello')
        self.assertEqual(done.stdout, b'Hello from Faultline\n')
        self.assertEqual(done.stderr, '')
        self.assertNotEqual(done.log, '')
        self.assertNotIn('Hello', done.log)

    def test_output_and_error_are_apart(self):
        done = self.run_guest('outerr')
        self.assertEqual(done.stdout, b'this is standard output\n' + bytes(range(256)))
        self.assertEqual(done.stderr, 'this is standard error\n')

    def check_cat(self, data):
        done = self.run_guest('cat', stdin=data)
        self.assertEqual(len(done.stdout), len(data))
        self.assertTrue(done.stdout == data, 'other bytes came back')

    def test_no_input(self):
        self.check_cat(b'')

    def test_one_byte(self):
        self.check_cat(b'\0')

    def test_line_ends_and_control_characters(self):
        self.check_cat(b'\r\n\n\r\x1a\x04\x03\x00\x11\x13\xff' * 3)

    def test_lengths_around_a_frame_of_the_wire(self):
        for size in (254, 255, 256, 510, 511):
            self.check_cat(bytes(i * 7 & 0xFF for i in range(size)))

    def test_a_mebibyte(self):
        self.check_cat(random.Random(1).randbytes(1 << 20))

    def test_input_that_nobody_reads(self):
        done = self.run_guest('hello', stdin=b'x' * 100000)
        self.assertEqual(done.stdout, b'Hello from Faultline\n')

    def test_closed_input(self):
        command = support.command(support.guest('cat'))
        done = subprocess.run(['bash', '-c', 'exec "$@" <&-', 'bash', *command],
                              capture_output=True, env=support.ENVIRONMENT, timeout=180)
        self.assertEqual((done.returncode, done.stdout), (0, b''), done.stderr)

    def test_output_that_nobody_reads_ends_the_run(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        with subprocess.Popen(support.command(support.guest('cat')), stdin=subprocess.PIPE,
                              stdout=write_end, stderr=subprocess.PIPE,
                              env=support.ENVIRONMENT) as process:
            os.close(write_end)
            _, errors = process.communicate(b'y' * 100000, timeout=180)
        self.assertEqual(process.returncode, 141, errors)


if __name__ == '__main__':
    unittest.main()
