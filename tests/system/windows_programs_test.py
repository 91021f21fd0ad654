"""Programs as plain mingw-w64 makes them, on Wine's DLLs: what comes in and what goes out."""
import unittest

import support

NT = support.WINDOWS
# The exit statuses that have meant something to somebody: STILL_ACTIVE, an access violation.
STATUSES = (0, 1, 259, 0xC0000005)


class WindowsPrograms(support.SystemTest):
    def test_hello(self):
        done = self.run_guest(str(NT / 'hello.exe'))
        self.assertEqual(done.stdout, b'Hello, world\r\n')

    def test_exit_statuses_by_every_way_out(self):
        for status in STATUSES:
            done = self.run_guest(str(NT / 'exitcode.exe'), hex(status), expect=status)
            self.assertEqual(done.stdout, b'the C library ends it\r\n')
        for how, said in (('exit', True), ('_exit', False), ('ExitProcess', False),
                          ('TerminateProcess', False)):
            done = self.run_guest(str(NT / 'exitcode.exe'), '77', how, expect=77)
            self.assertEqual(bool(done.stdout), said, how)

    def test_arguments_and_environment(self):
        words = ['a b', 'q"uo"te', '', 'back\\', 'sl\\ash" x', 'tab\there', '%PATH%', '*']
        done = self.run_guest(str(NT / 'args.exe'), *words)
        lines = done.stdout.decode().splitlines()
        self.assertEqual(lines[:len(words)],
                         [f'{i}: [{word}]' for i, word in enumerate(words, 1)])
        self.assertIn(r'SystemRoot=C:\windows', lines)
        self.assertIn(r'TEMP=C:\windows\temp', lines)

    def test_an_environment_of_ones_own(self):
        done = self.run_guest(str(NT / 'args.exe'), options=[
            '--env', 'Path=C:\\', '--env', 'GRUSS=Grüße=1', '--env', 'Temp='])
        lines = done.stdout.decode('cp1252').splitlines()
        self.assertIn('GRUSS=Grüße=1', lines)
        self.assertIn('PATH is C:\\', lines)
        self.assertFalse([line for line in lines if line.upper().startswith('TEMP=')])

    def test_standard_input(self):
        text = bytes(range(256)) * 300
        done = self.run_guest(str(NT / 'upper.exe'), stdin=text)
        self.assertEqual(done.stdout, text.upper())
        self.assertEqual(done.stderr.strip(), f'{len(text)} bytes')

    def test_the_cpp_runtime(self):
        for program in ('cpp', 'cpp_static'):
            for part, lines in (('streams', 2), ('maps', 2), ('exceptions', 5), ('threads', 5)):
                done = self.run_guest(str(NT / f'{program}.exe'), part)
                self.assertEqual(len(done.stdout.splitlines()), lines, done.explain())


if __name__ == '__main__':
    unittest.main()
