"""pe-deps and tools/lib/program_files.py: what a program needs on its disk, from small images made here.

The path of pe-deps is the last argument.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/lib'))
sys.dont_write_bytecode = True

import failure  # noqa: E402
import guest_disk  # noqa: E402
import program_files  # noqa: E402
from pe_writer import Image, api_sets  # noqa: E402

PE_DEPS = pathlib.Path(sys.argv.pop())
NLS = {'locale.nls', 'sortdefault.nls', 'l_intl.nls', 'c_1252.nls', 'c_437.nls', 'c_20127.nls',
       'normnfc.nls', 'normnfd.nls', 'normnfkc.nls', 'normnfkd.nls', 'normidna.nls'}
ALWAYS = {'apisetschema.dll', 'ntdll.dll', 'kernel32.dll', 'kernelbase.dll'} | NLS


class PeDeps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='faultline-test-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.program = self.beside('program.exe', Image())

    def place(self, folder, name, image):
        (self.folder / folder).mkdir(exist_ok=True)
        path = self.folder / folder / name
        path.write_bytes(image if isinstance(image, bytes) else image.build())
        return str(path)

    def beside(self, name, image):
        return self.place('beside', name, image)

    def in_set(self, name, image=Image()):
        return self.place('set', name, image)

    def make_set(self):
        self.in_set('apisetschema.dll', api_sets({
            'api-ms-win-core-file-l1-2-0': 'kernelbase.dll',
            'api-ms-win-crt-stdio-l1-1-0': 'ucrtbase.dll',
            'ext-ms-win-nobody-l1-1-0': None}))
        self.in_set('ntdll.dll')
        self.in_set('kernelbase.dll', Image().imports({'ntdll.dll': ['NtClose']}))
        self.in_set('kernel32.dll', Image().imports({'KERNELBASE.dll': ['CloseHandle']}))
        for name in NLS:
            self.in_set(name, b'table')

    def run_deps(self, *options, status=0):
        done = subprocess.run([PE_DEPS, *options, self.program], capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return [line.split('\t') for line in done.stdout.splitlines()]

    def deps(self, *options):
        """{kind: names}"""
        found = {'beside': set(), 'set': set(), 'missing': set(), 'late': set()}
        for kind, name, *_ in self.run_deps(*options):
            name = pathlib.Path(name).name
            self.assertNotIn(name, found[kind])
            found[kind].add(name)
        return found

    def set_deps(self, *options):
        found = self.deps('--set', str(self.folder / 'set'), *options)
        self.assertLessEqual(ALWAYS, found['set'])
        found['set'] -= ALWAYS
        return found


class Beside(PeDeps):
    def test_walks_cycles_and_names_in_any_case(self):
        self.beside('program.exe', Image().imports({'ALPHA': ['a'], 'ntdll.dll': ['NtClose']}))
        self.beside('Alpha.DLL', Image().imports({'beta.dll': [7]}))
        self.beside('beta.dll', Image().imports({'alpha.dll': ['a'], 'gone.dll': ['g']}))
        lines = self.run_deps('--system', 'NTDLL')
        self.assertEqual([pathlib.Path(words[1]).name for words in lines if words[0] == 'beside'],
                         ['Alpha.DLL', 'beta.dll'])
        self.assertEqual([words for words in lines if words[0] != 'beside'],
                         [['missing', 'gone.dll', 'beta.dll']])

    def test_follows_the_forwarders_that_are_met_and_no_others(self):
        self.beside('program.exe', Image().imports({'alpha.dll': ['met']}))
        self.beside('alpha.dll', Image().exports({'met': 'beta.b', 'other': 'gone.g', 'own': None}))
        self.beside('beta.dll', Image().exports({'b': 'gamma.#1'}))
        self.beside('gamma.dll', Image().exports({'c': None}))
        found = self.deps()
        self.assertEqual(found['beside'], {'alpha.dll', 'beta.dll', 'gamma.dll'})
        self.assertEqual(found['missing'], set())

    def test_looks_in_the_directories_that_count_as_beside(self):
        self.beside('program.exe', Image().imports({'alpha.dll': ['a'], 'beta.dll': ['b']}))
        own = self.beside('alpha.dll', Image())
        self.place('more', 'alpha.dll', Image())
        more = self.place('more', 'beta.dll', Image())
        lines = self.run_deps('--beside', str(self.folder / 'more'))
        self.assertEqual(lines, [['beside', own], ['beside', more]])

    def test_delayed_dlls_are_late(self):
        self.beside('program.exe', Image().delayed({'late.dll': ['l'], 'gone.dll': ['g']}))
        self.beside('late.dll', Image().imports({'absent.dll': ['a']}))
        found = self.deps()
        self.assertEqual((found['beside'], found['missing'], found['late']),
                         ({'late.dll'}, set(), {'gone.dll', 'absent.dll'}))

    def test_refuses_broken_images_unless_they_are_late(self):
        self.beside('program.exe', Image().imports({'broken.dll': ['b']}))
        for content, status in ((b'MZ nonsense', 3), (Image(0x8664).build(), 4)):
            self.beside('broken.dll', content)
            self.run_deps(status=status)
        self.beside('program.exe', Image().delayed({'broken.dll': ['b']}))
        self.assertEqual(self.deps()['beside'], {'broken.dll'})

    def test_a_program_that_is_not_there(self):
        self.program = str(self.folder / 'none.exe')
        self.run_deps(status=1)


class Set(PeDeps):
    def setUp(self):
        super().setUp()
        self.make_set()

    def test_brings_what_ntdll_always_loads(self):
        found = self.set_deps()
        self.assertEqual(found, {'beside': set(), 'set': set(), 'missing': set(), 'late': set()})
        (self.folder / 'set/locale.nls').unlink()
        (self.folder / 'set/kernel32.dll').unlink()
        self.assertEqual(self.deps('--set', str(self.folder / 'set'))['missing'],
                         {'locale.nls', 'kernel32.dll'})

    def test_what_lies_beside_comes_first(self):
        self.beside('program.exe', Image().imports({'alpha.dll': ['a'], 'beta.dll': ['b']}))
        self.beside('alpha.dll', Image())
        self.in_set('alpha.dll')
        self.in_set('beta.dll')
        found = self.set_deps()
        self.assertEqual((found['beside'], found['set']), ({'alpha.dll'}, {'beta.dll'}))

    def test_looks_api_sets_up(self):
        self.beside('program.exe', Image().imports({
            'api-ms-win-core-file-l1-2-3.dll': ['CreateFileW'],
            'API-MS-WIN-CRT-STDIO-L1-1-0.dll': ['puts'],
            'ext-ms-win-nobody-l1-1-0.dll': ['n'], 'api-ms-win-new-l1-1-0.dll': ['n']}))
        self.in_set('ucrtbase.dll', Image().exports({'puts': 'api-ms-win-core-file-l1-2-0.Write'}))
        found = self.set_deps()
        self.assertEqual(found['set'], {'ucrtbase.dll'})
        self.assertEqual(found['missing'],
                         {'ext-ms-win-nobody-l1-1-0.dll', 'api-ms-win-new-l1-1-0.dll'})

    def test_a_broken_map_is_told(self):
        self.in_set('apisetschema.dll', Image())
        self.run_deps('--set', str(self.folder / 'set'), status=1)

    def test_brings_what_the_program_speaks_of(self):
        self.beside('program.exe', Image().section(
            b'.rdata', b'open \0run.EXE\0' + b'crowdtogether.dlluser32.dll...' +
            'Wide.Dll'.encode('utf-16-le') + b'\0\0absent.dll\0near_user32.dll\0'))
        for name in ('run.exe', 'together.dll', 'er.dll', 'user32.dll', 'wide.dll', 'silent.dll'):
            self.in_set(name)
        # What the set's own DLLs speak of does not count, but what they import and load does.
        self.in_set('wide.dll', Image().imports({'deep.dll': ['d']}).section(b'.text', b'silent.dll\0'))
        self.in_set('deep.dll')
        self.in_set('imm32.dll')
        self.beside('near_user32.dll', Image())
        found = self.set_deps()
        self.assertEqual(found['set'], {'run.exe', 'together.dll', 'user32.dll', 'imm32.dll',
                                        'wide.dll', 'deep.dll'})
        self.assertEqual((found['beside'], found['missing'], found['late']),
                         ({'near_user32.dll'}, set(), set()))

    def test_who_calls_system_gets_the_command_interpreter(self):
        self.in_set('msvcrt.dll', Image().exports({'system': None, 'puts': None}))
        self.in_set('cmd.exe', Image().imports({'absent.dll': ['a']}))
        self.beside('program.exe', Image().imports({'msvcrt.dll': ['puts']}))
        self.assertEqual(self.set_deps()['set'], {'msvcrt.dll'})
        self.beside('program.exe', Image().imports({'msvcrt.dll': ['puts', 'system']}))
        found = self.set_deps()
        self.assertEqual((found['set'], found['missing'], found['late']),
                         ({'msvcrt.dll', 'cmd.exe'}, set(), {'absent.dll'}))

    def test_more_on_demand(self):
        self.in_set('alpha.dll', Image().imports({'beta.dll': ['b']}))
        self.in_set('beta.dll')
        self.in_set('driver.drv', b'whatever it is')
        self.assertEqual(self.set_deps('--load', 'ALPHA')['set'], {'alpha.dll', 'beta.dll'})
        self.assertEqual(self.set_deps('--load', 'nothing')['missing'], {'nothing.dll'})
        self.assertEqual(self.set_deps('--all')['set'], {'alpha.dll', 'beta.dll', 'driver.drv'})

    def test_a_program_of_the_set(self):
        self.program = self.in_set('cmd.exe', Image().imports({'alpha.dll': ['a']}))
        self.in_set('alpha.dll')
        found = self.set_deps()
        self.assertEqual((found['beside'], found['set']), (set(), {'alpha.dll'}))


class ProgramFiles(PeDeps):
    """Who links, and what is told."""

    def setUp(self):
        super().setUp()
        self.make_set()
        self.saved = vars(program_files).copy()
        self.addCleanup(vars(program_files).update, self.saved)
        program_files.PE_DEPS, program_files.WINE = PE_DEPS, self.folder / 'set'
        program_files.SET = (program_files.WINE,)
        self.can_fetch(False)

    @staticmethod
    def can_fetch(can):
        program_files.FETCH = '/bin/true' if can else '/bin/false'

    def needed(self, **how):
        return program_files.needed(self.program, **how)

    def refused(self, status, *words, **how):
        with self.assertRaises(failure.Failure) as caught:
            self.needed(**how)
        self.assertEqual(caught.exception.status, status)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_a_kernel_linked_program_needs_nothing_of_the_set(self):
        self.beside('program.exe', Image().imports({'ntdll.dll': ['NtClose'], 'alpha.dll': ['a'],
                                                    'gone.dll': ['g']}))
        alpha = self.beside('alpha.dll', Image())
        files = self.needed()
        self.assertEqual((files.beside, files.system), ([alpha], []))

    def test_a_windows_program_has_its_system_fetched(self):
        for dll in ('KERNEL32.dll', 'api-ms-win-core-file-l1-2-0.dll'):
            self.beside('program.exe', Image().imports({dll: ['f']}))
            self.can_fetch(False)
            self.refused(failure.EXIT_HOST)
            self.can_fetch(True)
            files = self.needed()
            self.assertEqual({pathlib.Path(path).name for path in files.system}, ALWAYS)
            self.assertEqual(files.guest_path(), 'C:\\program.exe')

    def test_names_what_is_missing_and_who_needs_it(self):
        self.can_fetch(True)
        self.beside('program.exe', Image().imports({'kernel32.dll': ['f'], 'alpha.dll': ['a']}))
        self.beside('alpha.dll', Image().imports({'gone.dll': ['g']}))
        self.refused(failure.EXIT_MISSING_DLL, 'gone.dll', 'alpha.dll', self.program)
        self.beside('alpha.dll', Image())
        self.refused(failure.EXIT_MISSING_DLL, '--dll never.dll', dlls=['never'])

    def test_more_dlls_make_user_mode_link(self):
        self.can_fetch(True)
        self.assertEqual(self.needed().system, [])
        self.assertEqual({pathlib.Path(path).name for path in self.needed(dlls=['ntdll']).system}, ALWAYS)
        self.assertEqual({pathlib.Path(path).name for path in self.needed(all_dlls=True).system}, ALWAYS)

    def test_the_sets_own_programs_lie_in_the_system_directory(self):
        self.can_fetch(True)
        cmd = self.in_set('cmd.exe', Image().imports({'ntdll.dll': ['NtClose']}))
        self.program = program_files.find_program('CMD.exe')
        self.assertEqual(self.program, cmd)
        files = self.needed()
        self.assertEqual(files.guest_path(), 'C:\\windows\\system32\\cmd.exe')
        layout = guest_disk.collect(files.program, files.beside, [], files.system)
        self.assertEqual([parts for parts in layout if parts[-1] == 'cmd.exe'],
                         [('windows', 'system32', 'cmd.exe')])
        self.assertIn(('windows', 'temp'), layout)

    def test_ones_own_files_win_over_the_sets(self):
        mine = self.place('disk', 'NTDLL.dll', b'mine')
        (self.folder / 'disk/Windows/System32').mkdir(parents=True)
        pathlib.Path(mine).rename(self.folder / 'disk/Windows/System32/NTDLL.dll')
        layout = guest_disk.collect('program.exe', [], [str(self.folder / 'disk')],
                                    [str(self.folder / 'set/ntdll.dll')])
        self.assertEqual([source for parts, source in layout.items() if parts[-1].lower() == 'ntdll.dll'],
                         [str(self.folder / 'disk/Windows/System32/NTDLL.dll')])


if __name__ == '__main__':
    unittest.main()
