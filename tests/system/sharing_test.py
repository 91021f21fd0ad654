"""Many processes, one frame for each page that they share; nothing is left when they have ended."""
import collections
import unittest

import support

INSTANCES = 8


class Sharing(support.SystemTest):
    def instances(self, program, *dlls, seed=1):
        done = self.run_guest(
            'spawn', str(INSTANCES), f'C:\\{program}.exe', '{}', str(INSTANCES), trace=True,
            options=['--seed', str(seed), *self.disk(f'{program}.exe', *dlls)])
        self.assert_all_given_back(done.stats)
        for name in (f'{program}.exe', *dlls):
            self.check_one_frame_for_each_page(done, name)
        return done

    def check_one_frame_for_each_page(self, done, name):
        image = done.image(name)
        self.assertEqual(image['processes_peak'], INSTANCES, image)
        self.assertLessEqual(image['resident_peak'], image['pages'], image)
        self.assertLessEqual(image['pages_read'] + image['pages_zeroed'], image['pages'], image)
        reads = collections.Counter(fault['page'] for fault in done.trace
                                    if fault.get('image', '').lower() == name and fault['hard'])
        self.assertTrue(reads, f'no hard fault of {name} in the trace')

    def test_writes_by_one_are_not_seen_by_the_others(self):
        done = self.instances('threedll', 'alpha.dll', 'beta.dll', 'gamma.dll')
        self.assertEqual(done.stdout.decode().split('\n')[:-1],
                         [f'ended {100 + i:#010x}' for i in range(INSTANCES)])
        for name in ('alpha.dll', 'beta.dll', 'gamma.dll'):
            image = done.image(name)
            self.assertEqual(image['copied_pages'], 1, image)
            self.assertEqual(image['private_pages_peak'], 1, image)
        self.assertEqual(done.image('threedll.exe')['copied_pages'], 0)

    def test_relocations_and_imports_cost_no_private_page(self):
        for seed in (1, 2, 3):
            with self.subTest(seed):
                done = self.instances('relocuse', 'reloc.dll', seed=seed)
                self.assertEqual(done.stdout.count(b' checks, 0 failed\n'), INSTANCES)
                self.assertEqual(done.stdout.count(b'ended 0x00000000\n'), INSTANCES)
                for name in ('relocuse.exe', 'reloc.dll'):
                    image = done.image(name)
                    self.assertEqual((image['copied_pages'], image['private_pages_peak']), (0, 0))
                moved = done.image('reloc.dll')
                self.assertNotEqual(moved['base'], moved['preferred_base'])


if __name__ == '__main__':
    unittest.main()
