"""Images beyond pages: initialisation in order, refusal, all that the loader does at run time."""
import shutil
import unittest

import odd_images
import support

JOURNAL = ['journal.dll', 'one.dll', 'two.dll', 'refuse.dll', 'nest.dll', 'ringa.dll', 'ringb.dll',
           'rude.dll', 'escape.dll', 'quit.dll', 'undo.dll']
START = 'two+s tls1+s one+s program+ main '
THREAD = 'two* tls1* one* program* thread tls1/ one/ two/ program/ '
END = 'tls1-s one-s two-s journal-\nprogram-\n'


class Initialisation(support.SystemTest):
    def journal(self, how, expect, text):
        done = self.run_guest('initorder', how, expect=expect, options=self.disk(*JOURNAL))
        self.assertEqual(done.stdout.decode(), text, done.explain())
        self.assert_all_given_back(done.stats)
        return done

    def test_order_of_attach_and_detach(self):
        self.journal('exit', 5, START + THREAD + END)

    def test_terminating_tells_nobody(self):
        self.journal('terminate', 6, '')

    def test_the_last_thread_is_the_end_of_the_process(self):
        self.journal('last', 33, START + 'tls1/ one/ two/ program/ two* tls1* one* program* thread ' + END)

    def test_a_dllmain_that_ends_the_process(self):
        self.journal('quit', 77, START + THREAD + 'quit+ ' + END)

    def test_no_stack_left_for_a_dllmain(self):
        done = self.journal('stack', 0xC0000005, '')
        self.assertIn('write of 0x', done.stderr)

    def test_a_dll_that_refuses_ends_the_program(self):
        done = self.run_guest('refused', expect=0xC0000142, options=self.disk(*JOURNAL))
        self.assertEqual(done.stdout, b'')
        self.assertIn('refused.exe: refuse.dll did not initialise', done.stderr)
        self.assert_all_given_back(done.stats)


class AtRunTime(support.SystemTest):
    def test_everything_that_the_loader_does(self):
        done = self.run_guest('ldrtest', options=self.disk(*JOURNAL, 'late.dll', 'latedep.dll', 'fixed.dll'))
        self.assertRegex(done.stdout.decode(), r'\n[1-9]\d* checks, 0 failed\n', done.explain())
        self.assert_all_given_back(done.stats)

    def test_delayed_imports_are_resolved_when_they_are_called(self):
        done = self.run_guest('delayed', options=self.disk('two.dll', 'journal.dll'))
        self.assertIn('5 checks, 0 failed', done.stdout.decode())
        self.assert_all_given_back(done.stats)
        done = self.run_guest('delayed', 'gone', expect=0xC06D007E,
                              options=self.disk('two.dll', 'journal.dll'))
        self.assertIn('gone.dll: cannot be loaded when it is needed', done.stderr)


class Variants(support.SystemTest):
    """One file, bound to other modules in another process: a section of its own for each."""

    def test_a_dll_that_two_programs_bind_to_different_dlls(self):
        options = self.disk()
        root = self.folder / 'disk'
        (root / 'windows/system32').mkdir(parents=True)
        shutil.copy(support.BIN / 'picker.dll', root / 'windows/system32')
        # The third is like the first, and shares its picker.dll.
        for i in range(3):
            (root / f'd{i}').mkdir()
            shutil.copy(support.BIN / 'picks.exe', root / f'd{i}')
            shutil.copy(support.BIN / f'pick{i % 2 + 1}.dll', root / f'd{i}/pick.dll')
        done = self.run_guest('spawn', '3', 'C:\\d{}\\picks.exe', '3', options=options)
        self.assertEqual(done.stdout.decode().split(), 'ended 0x00000001 ended 0x00000002 '
                         'ended 0x00000001'.split(), done.explain())
        pickers = [i for i in done.stats['images'] if i['name'].lower() == 'picker.dll']
        self.assertGreaterEqual(len({i['base'] for i in pickers}), 2, pickers)
        self.assertEqual(sum(i['copied_pages'] for i in pickers), 0, pickers)
        self.assert_all_given_back(done.stats)


class OddImages(support.SystemTest):
    """What no linker makes and NT's rules allow, or do not."""

    IMAGES = {
        'plain': {}, 'many': {'sections': 200}, 'empty': {'empty': 3}, 'overlay': {'overlay': 5000},
        'flat': {'alignment': 0x20, 'sections': 3}, 'short': {'size_of_image': -0x1000},
        'long': {'size_of_image': 0x3000}, 'discard': {'flags': 0x42000040},
    }
    # Status; then protection of the last section, and bytes mapped.
    EXPECTED = {
        'plain': '02 0x00002000', 'many': '02 0x000cb000', 'empty': '02 0x00002000',
        'overlay': '02 0x00002000', 'flat': '80 0x00001000', 'short': None, 'long': '02 0x00005000',
        'discard': '02 0x00002000',
    }

    def test_each(self):
        options = self.disk()
        for name, how in self.IMAGES.items():
            (self.folder / f'disk/{name}.dll').write_bytes(odd_images.build(**how))
        done = self.run_guest('loaddlls', *self.IMAGES, options=options)
        lines = []
        for name, expected in self.EXPECTED.items():
            lines.append(f'{name} 0xc000007b' if expected is None else
                         f'{name} 0x00000000 {odd_images.MARK:#010x} 0x000000{expected}')
        self.assertEqual(done.stdout.decode().splitlines(), lines, done.explain())
        self.assert_all_given_back(done.stats)

    def test_a_shared_section_is_one_for_all_processes(self):
        done = self.run_guest('spawn', '3', 'C:\\sharer.exe', '{}', '3',
                              options=self.disk('sharer.exe', 'shared.dll'))
        self.assertEqual(done.stdout.decode(), 'ended 0x00000000\n' * 3, done.explain())
        self.assert_all_given_back(done.stats)


if __name__ == '__main__':
    unittest.main()
