"""Programs that check the kernel from inside: memory calls, sections, clocks, pre-emption."""
import random
import unittest

import support


class Programs(support.SystemTest):
    def check(self, program, *arguments, **how):
        done = self.run_guest(program, *arguments, **how)
        self.assertRegex(done.stdout.decode(), r'[1-9]\d* checks, 0 failed\n$')
        self.assert_all_given_back(done.stats)

    def test_virtual_memory(self):
        self.check('vmtest')

    def test_sections(self):
        directory = self.folder / 'disk'
        directory.mkdir()
        for size in (1, 4096, 70001):
            (directory / f'{size}.bin').write_bytes(random.Random(size).randbytes(size))
        for size in (1, 4096, 70001):
            with self.subTest(size):
                self.check('sections', f'C:\\{size}.bin', options=['--disk', str(directory)])

    def test_clocks(self):
        self.check('timing')

    def test_clocks_without_time_stamp_counter(self):
        self.check('timing', options=['--cpu', '486'])

    def test_preemption(self):
        self.check('preempt', options=self.disk('spinner.exe'))


if __name__ == '__main__':
    unittest.main()
