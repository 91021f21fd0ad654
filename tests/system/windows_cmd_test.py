"""Wine's cmd.exe as a script uses it: its own commands, programs that it starts, pipes, files and batch files."""
import shutil
import unittest

import support

NT = support.ROOT / 'build/host/tests/nt/bin'

BATCH = r'''@echo off
for %%i in (1 2 3) do echo line %%i
set X=5
if "%X%"=="5" (echo five) else echo not five
if exist C:\inner.bat call C:\inner.bat "an argument"
for %%f in (C:\*.bat) do echo file %%~nxf
child exit 3
if errorlevel 3 echo at least three
child copy < C:\some.txt
goto end
echo never
:end
exit /b 7
'''
INNER = '@echo inner: %1\n'


class WindowsCmd(support.SystemTest):
    def setUp(self):
        super().setUp()
        self.disk()
        folder = self.folder / 'disk'
        shutil.copy(NT / 'child.exe', folder)
        for name, text in (('outer.bat', BATCH), ('inner.bat', INNER), ('some.txt', 'some text\n')):
            (folder / name).write_bytes(text.replace('\n', '\r\n').encode())

    def cmd(self, line, expect=0):
        done = self.run_guest('cmd.exe', '/c', line, expect=expect, options=self.disk())
        self.assert_all_given_back(done.stats)
        return done.stdout.decode().replace('\r\n', '\n')

    def test_echo_and_exit(self):
        self.assertEqual(self.cmd('echo hello world'), 'hello world\n')
        self.cmd('exit 7', expect=7)

    def test_dir(self):
        listing = self.cmd('dir C:\\')
        for word in ('Directory of C:', 'child.exe', 'some.txt', '<DIR>', 'windows'):
            self.assertIn(word, listing)

    def test_a_batch_file(self):
        self.assertEqual(self.cmd('C:\\outer.bat', expect=7),
                         'line 1\nline 2\nline 3\nfive\ninner: "an argument"\n'
                         'file inner.bat\nfile outer.bat\nat least three\nSOME TEXT\n')

    def test_a_pipe_of_two_programs(self):
        said = self.cmd('child tell me | child copy')
        self.assertIn('ARGUMENT 2: <ME>', said)

    def test_copying_and_redirecting(self):
        said = self.cmd('copy some.txt other.txt > nul & echo more>> other.txt & type other.txt'
                        ' & del other.txt & dir /b *.txt')
        self.assertEqual(said.split(), ['some', 'text', 'more', 'some.txt'])


if __name__ == '__main__':
    unittest.main()
