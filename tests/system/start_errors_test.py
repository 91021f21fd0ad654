"""Programs that cannot be started: a status of its own for each reason, and both names in words."""
import random
import shutil
import struct
import unittest

import support


class StartErrors(support.SystemTest):
    def refused(self, status, program, *words, options=()):
        done = support.run(program, options=options)
        self.assertEqual(done.status, status, done.explain())
        for word in words:
            self.assertIn(word.lower(), done.stderr.lower())
        return done

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def test_missing_dll(self):
        self.refused(244, 'missingdll', 'gone.dll', 'missingdll.exe')

    def test_missing_export(self):
        self.refused(245, 'missingexport', 'AlphaForgotten', 'alpha.dll', 'missingexport.exe')

    def test_missing_ordinal(self):
        self.refused(245, 'missingordinal', '999', 'beta.dll', 'missingordinal.exe')

    def test_missing_dll_of_a_dll(self):
        for name in ('threedll.exe', 'alpha.dll', 'gamma.dll'):
            shutil.copy(support.BIN / name, self.folder)
        self.refused(244, str(self.folder / 'threedll.exe'), 'beta.dll')

    def test_no_such_file(self):
        self.refused(241, '/no/such/program.exe', '/no/such/program.exe')

    def test_directory(self):
        self.refused(241, str(self.folder), 'not a file')

    def test_not_a_pe(self):
        for name, data in (('empty.exe', b''), ('text.exe', b'#!/bin/sh\n' * 100),
                           ('dos.exe', b'MZ' + bytes(200)),
                           ('far.exe', b'MZ' + bytes(58) + b'\xf0\xff\xff\xff' + bytes(64))):
            with self.subTest(name):
                self.refused(242, self.write(name, data), name)

    def test_wrong_machine(self):
        hello = bytearray((support.BIN / 'hello.exe').read_bytes())
        struct.pack_into('<H', hello, struct.unpack_from('<I', hello, 0x3C)[0] + 4, 0x8664)
        self.refused(243, self.write('hello64.exe', hello), 'hello64.exe', 'x86-64')

    def test_truncated(self):
        hello = (support.BIN / 'hello.exe').read_bytes()
        for size in (64, 200, 400, 600, 1024, 2000, len(hello) - 512):
            with self.subTest(size):
                done = support.run(self.write(f'cut{size}.exe', hello[:size]))
                self.assertEqual(done.status, 242, done.explain())

    def test_bad_dll(self):
        for name in ('threedll.exe', 'alpha.dll', 'gamma.dll'):
            shutil.copy(support.BIN / name, self.folder)
        (self.folder / 'beta.dll').write_bytes(b'this is not a DLL' * 100)
        done = support.run(str(self.folder / 'threedll.exe'))
        self.assertIn(done.status, (242, 249), done.explain())
        self.assertIn('beta.dll', done.stderr.lower())

    def test_what_another_program_starts(self):
        for name, status in (('missingdll', 'c0000135'), ('missingexport', 'c0000139'),
                             ('missingordinal', 'c0000138'), ('nothing', 'c0000034')):
            files = ['missingdll.exe', 'missingexport.exe', 'missingordinal.exe', 'alpha.dll',
                     'beta.dll']
            with self.subTest(name):
                done = support.run('spawn', '1', f'C:\\{name}.exe', options=self.disk(*files))
                self.assertEqual(done.stats['outcome'], 'exit', done.explain())
                self.assertIn(status, done.stdout.decode(), done.explain())
                self.assert_all_given_back(done.stats)


class BrokenHeaders(support.SystemTest):
    """The kernel meets what runpe's own look at the file would keep from it."""

    def test_mutated_programs(self):
        # Fixed seeds; one process starts them all, so that one boot meets sixty of them.
        hello = (support.BIN / 'hello.exe').read_bytes()
        directory = self.folder / 'disk'
        directory.mkdir()
        for i in range(60):
            dice, broken = random.Random(i), bytearray(hello)
            for _ in range(dice.choice((1, 2, 8))):
                at = dice.randrange(0x40, 0x200)
                broken[at] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
            if i % 5 == 0:
                del broken[dice.randrange(0x40, len(broken)):]
            (directory / f'b{i}.exe').write_bytes(broken)
        done = support.run('spawn', '60', 'C:\\b{}.exe', options=['--disk', str(directory)])
        self.assertEqual(done.stats['outcome'], 'exit', done.explain())
        lines = done.stdout.replace(b'Hello from Faultline\n', b'').splitlines()
        self.assertEqual(len(lines), 60, done.explain())
        self.assertIn(b'not started 0xc000007b', lines)
        self.assert_all_given_back(done.stats)


if __name__ == '__main__':
    unittest.main()
