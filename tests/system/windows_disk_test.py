"""What runpe puts on the disk of a Windows program, with Debian's own Wine and programs of tests/nt/."""
import pathlib
import shutil
import subprocess
import unittest

import support
import guest_disk
import program_files

NT = support.ROOT / 'build/host/tests/nt/bin'
NLS = {'locale.nls', 'sortdefault.nls', 'l_intl.nls', 'c_1252.nls', 'c_437.nls', 'c_20127.nls',
       'normnfc.nls', 'normnfd.nls', 'normnfkc.nls', 'normnfkd.nls', 'normidna.nls'}
HELLO = {'apisetschema.dll', 'ntdll.dll', 'kernelbase.dll', 'kernel32.dll', 'msvcrt.dll'} | NLS


def names(paths):
    return {pathlib.Path(path).name for path in paths}


class WindowsDisk(support.SystemTest):
    def hello(self):
        """Alone in a folder: it speaks of the C++ runtime's DLLs, and would bring those beside it."""
        return shutil.copy(NT / 'hello.exe', self.folder)

    def test_a_c_program(self):
        files = program_files.needed(self.hello())
        self.assertEqual((files.beside, names(files.system)), ([], HELLO))

    def test_a_program_with_the_dlls_of_its_runtime(self):
        files = program_files.needed(str(NT / 'cpp.exe'))
        self.assertEqual(names(files.beside), {'libstdc++-6.dll', 'libgcc_s_dw2-1.dll',
                                               'libwinpthread-1.dll', 'thrower.dll'})
        # The runtime's random numbers come from advapi32, which it loads by name.
        self.assertEqual(names(files.system),
                         HELLO | {'advapi32.dll', 'sechost.dll', 'ucrtbase.dll'})

    def test_the_command_interpreter(self):
        files = program_files.needed(program_files.find_program('cmd.exe'))
        self.assertEqual(files.guest_path(), r'C:\windows\system32\cmd.exe')
        self.assertLessEqual({'cmd.exe', 'user32.dll', 'win32u.dll', 'imm32.dll', 'zlib1.dll'},
                             names(files.system))

    def test_our_own_dlls_belong_to_the_set(self):
        files = program_files.needed(self.hello(), dlls=['bcryptprimitives'])
        self.assertEqual(names(files.system),
                         HELLO | {'bcryptprimitives.dll', 'advapi32.dll', 'sechost.dll', 'ucrtbase.dll'})

    def test_the_set_is_complete(self):
        """Every file of it can be read, and what they need is there, but for 16-bit Windows."""
        every = [path.name for folder in program_files.SET for path in folder.iterdir()
                 if path.suffix in ('.dll', '.exe', '.drv', '.cpl', '.ocx', '.acm', '.ax', '.ds')]
        self.assertGreater(len(every), 600)
        command = [program_files.PE_DEPS,
                   *(word for folder in program_files.SET for word in ('--set', folder)),
                   *(word for name in every for word in ('--load', name)), self.hello()]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        lines = [line.split('\t') for line in done.stdout.splitlines()]
        self.assertEqual([words[:2] for words in lines if words[0] != 'set'],
                         [['missing', 'krnl386.exe16']])
        self.assertLessEqual(set(every), names(words[1] for words in lines))

    def test_the_volume(self):
        """Debian's bytes, where Windows has them; fsck finds nothing to say."""
        files = program_files.needed(self.hello())
        image = str(self.folder / 'disk.img')
        guest_disk.build(image, guest_disk.collect(files.program, files.beside, [], files.system))
        fsck = subprocess.run(['fsck.fat', '-n', image], capture_output=True, text=True)
        self.assertEqual(fsck.returncode, 0, fsck.stdout)
        listed = subprocess.run(['mdir', '-b', '-/', '-i', image, '::'], capture_output=True, text=True,
                                check=True).stdout.splitlines()
        folders = {folder[:depth] for folder in (*guest_disk.EMPTY_FOLDERS, guest_disk.SYSTEM)
                   for depth in range(1, len(folder) + 1)}
        self.assertEqual(set(listed), {
            '::/hello.exe', '::/windows/registry.txt', '::/windows/environment.txt',
            *('::/' + '/'.join(folder) + '/' for folder in folders),
            *('::/windows/system32/' + name for name in HELLO)})
        for name in HELLO:
            copy = subprocess.run(['mtype', '-i', image, f'::/windows/system32/{name}'],
                                  capture_output=True, check=True).stdout
            self.assertEqual(copy, (program_files.WINE / name).read_bytes(), name)


if __name__ == '__main__':
    unittest.main()
