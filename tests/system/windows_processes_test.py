"""Processes of Windows programs: what they are given, how they end, and the pipes between them. The programs say
what they see, check by check; when all have ended, nothing of theirs is left."""
import shutil

import support

NT = support.ROOT / 'build/host/tests/nt/bin'


class WindowsProcesses(support.SystemTest):
    def run_with_child(self, program, *arguments, **how):
        self.disk()
        shutil.copy(NT / 'child.exe', self.folder / 'disk')
        done = self.run_guest(str(NT / f'{program}.exe'), *arguments,
                              options=[*self.disk(), *how.pop('options', [])], **how)
        self.assert_all_given_back(done.stats)
        return done

    def check(self, program):
        done = self.run_with_child(program)
        lines = done.stdout.decode().splitlines()
        self.assertEqual(lines[-1], '0 failed', done.explain())
        self.assertGreater(len(lines), 20)
        return lines

    def test_children_and_their_ends(self):
        lines = self.check('processes')
        for line in ('argument 2: <two words>', 'directory: C:\\windows', 'FROM_PARENT: a value',
                     'title: a title', 'show: 3'):
            self.assertIn(line, lines)

    def test_streams_of_children(self):
        self.check('children')

    def test_pipes(self):
        self.check('pipes')

    def test_operations_that_end_later(self):
        self.check('overlapped')

    def test_what_cannot_be_started(self):
        self.disk()
        hello = (NT / 'hello.exe').read_bytes()
        header = int.from_bytes(hello[0x3C:0x40], 'little')
        files = {
            'text.exe': b'not a program at all\n' * 50,
            'empty.exe': b'',
            'cut.exe': hello[:header + 10],
            'amd64.exe': hello[:header + 4] + b'\x64\x86' + hello[header + 6:],
            'library.exe': (support.ROOT / 'build/wine/system32/version.dll').read_bytes(),
            'missing.exe': hello.replace(b'KERNEL32.dll', b'KERNEL33.dll'),
        }
        for name, contents in files.items():
            (self.folder / 'disk' / name).write_bytes(contents)
        names = [*files, 'child.exe']
        done = self.run_with_child('starts', *(f'C:\\{name}' for name in names))
        said = dict(line.split(': ') for line in done.stdout.decode().splitlines() if ': ' in line)
        bad_format = 'error 193'  # ERROR_BAD_EXE_FORMAT
        self.assertEqual([said[f'C:\\{name}'] for name in names],
                         [bad_format, bad_format, bad_format, bad_format, bad_format,
                          'ended with 0xc0000135', 'ended with 0x63'], done.explain())

    def test_nothing_is_lost_when_a_start_fails(self):
        """Each of the first allocations of a child's start fails once; a clean run after each gives all back."""
        for kind in ('frame', 'heap', 'commit'):
            with self.subTest(kind):
                self.disk()
                done = self.run_with_child('starts', 'C:\\child.exe')
                attempts = done.stats['runs']['attempts'][kind]
                for share in (5, 6, 7, 8):
                    n = attempts * share // 10
                    failed = support.run(str(NT / 'starts.exe'), 'C:\\child.exe',
                                         options=[*self.disk(), '--fail', f'{kind}:{n}'])
                    self.assertIn(failed.stats.get('outcome'), ('exit', 'error'), failed.explain())
                    self.assert_all_given_back(failed.stats)


if __name__ == '__main__':
    import unittest
    unittest.main()
