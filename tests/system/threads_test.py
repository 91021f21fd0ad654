"""Threads: programs that check them from inside, and what is left of them afterwards."""
import subprocess
import unittest

import support


class Threads(support.SystemTest):
    def check(self, program, *arguments, **how):
        done = self.run_guest(program, *arguments, **how)
        self.assertRegex(done.stdout.decode(), r'[1-9]\d* checks, 0 failed\n$')
        self.assert_all_given_back(done.stats)
        return done

    def test_program_of_several_threads(self):
        done = self.run_guest('threads')
        sums = [500500 * n for n in (1, 2, 3, 4)]
        self.assertEqual(done.stdout.decode().splitlines(), [
            *(f'worker sum 0x{s:08x}' for s in sums),
            *(f'ended 0x{100 + 10 * n:08x}' for n in (1, 2, 3, 4)),
            f'total 0x{sum(sums):08x}', 'sleeper woken 0x00000000', 'sleeper ended 0x0000004d'])
        self.assert_all_given_back(done.stats)

    def test_creation_and_termination(self):
        self.check('threadtest')

    def test_objects_to_wait_for(self):
        self.check('synctest')

    def test_how_a_process_of_several_threads_ends(self):
        for kind, status in {'last': 21, 'last-by-call': 22, 'alone': 23, 'process': 24,
                             'main-killed': 33, 'child': 27, 'others': 25, 'overflow': 0xC00000FD,
                             'null': 0xC0000005}.items():
            with self.subTest(kind):
                done = self.run_guest('threadexit', kind, expect=status)
                self.assert_all_given_back(done.stats)

    def test_a_thread_that_waits_for_input_can_be_ended(self):
        words = support.command(support.guest('threadexit'), 'reader-killed', options=['--quiet'])
        # Input stays open, and empty.
        with subprocess.Popen(words, stdin=subprocess.PIPE, env=support.ENVIRONMENT) as run:
            self.assertEqual(run.wait(support.TIMEOUT), 26)

    def test_many_threads_leave_nothing(self):
        self.check('threadmass', '200', '5000')

    def test_races_for_pages(self):
        directory = self.folder / 'disk'
        directory.mkdir()
        sectors = b''.join(n.to_bytes(4, 'little') * 128 for n in range(256 * 8))
        (directory / 'cold.bin').write_bytes(sectors)
        done = self.check('threadrace', 'C:\\cold.bin',
                          options=['--cluster', '1', '--disk', str(directory)])
        image = done.image('threadrace.exe')
        # Four threads wanted each of the 32 pages; one read and one copy were made.
        self.assertLessEqual(image['pages_read'], image['pages'])
        self.assertEqual(image['copied_pages'], 32)

    def test_floating_point_registers(self):
        self.check('threadfpu', 'sse')

    def test_floating_point_registers_of_an_old_processor(self):
        self.check('threadfpu', options=['--cpu', '486'])


if __name__ == '__main__':
    unittest.main()
