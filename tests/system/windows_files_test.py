"""Windows programs write files: what they see of it themselves, what is on the host afterwards, and that the volume is
sound. Without fsck.fat its part is skipped, unless FAULTLINE_REQUIRE_TOOLS is set."""
import os
import re
import shutil
import subprocess
import unittest

import support


class WindowsFiles(support.SystemTest):
    def run_and_check_volume(self, program, *arguments, options=()):
        """The run, with what it wrote in self.folder / 'out'."""
        done = self.run_guest(program, *arguments,
                              options=[*options, '--keep', '--out', str(self.folder / 'out')])
        image = re.search(r'the disk image is (.*)', done.stderr).group(1)
        self.addCleanup(shutil.rmtree, os.path.dirname(image))
        fsck = shutil.which('fsck.fat', path=os.environ['PATH'] + ':/usr/sbin:/sbin')
        if fsck is None:
            self.assertNotIn('FAULTLINE_REQUIRE_TOOLS', os.environ)
        else:
            checked = subprocess.run([fsck, '-n', image], stdout=subprocess.PIPE, text=True)
            # The greeting and the count of files.
            self.assertEqual(len(checked.stdout.splitlines()), 2, checked.stdout)
            self.assertEqual(checked.returncode, 0)
        self.assert_all_given_back(done.stats)
        return done

    def test_calls(self):
        done = self.run_and_check_volume(str(support.WINDOWS / 'files.exe'))
        self.assertEqual(done.stdout.decode().splitlines()[-1], '0 failed', done.explain())
        self.assertGreater(len(done.stdout.splitlines()), 130)
        out = self.folder / 'out'
        written = {path.name: path.read_bytes() for path in (out / 'files').iterdir()}
        self.assertEqual(written, {'new.txt': b'', 'copy.txt': b'', 'times.txt': b'Times',
                                   'mapped.txt': b'by all vie', 'async.txt': b'asyncmore'})
        self.assertEqual([path.name for path in out.iterdir()], ['files'])

    def test_what_was_there(self):
        """A file that is changed comes back, one that stays as it is or goes does not."""
        folder = self.folder / 'disk/Some Folder'
        folder.mkdir(parents=True)
        for name in ('kept.txt', 'changed.txt', 'removed.txt'):
            (folder / name).write_text(name)
        (self.folder / 'disk/run.bat').write_bytes(
            b'@del "C:\\Some Folder\\removed.txt"\r\n'
            b'@echo more>> "C:\\Some Folder\\changed.txt"\r\n'
            b'@ren "C:\\Some Folder\\kept.txt" kept.txt\r\n'
            b'@mkdir C:\\new\r\n'
            b'@copy "C:\\Some Folder\\kept.txt" C:\\new\\copied.txt > nul\r\n')
        self.run_and_check_volume('cmd.exe', '/c', 'C:\\run.bat',
                                  options=['--disk', str(self.folder / 'disk')])
        out = self.folder / 'out'
        self.assertEqual({str(path.relative_to(out)): path.read_bytes()
                          for path in out.rglob('*') if path.is_file()},
                         {'Some Folder/changed.txt': b'changed.txtmore\r\n',
                          'new/copied.txt': b'kept.txt'})


if __name__ == '__main__':
    unittest.main()
