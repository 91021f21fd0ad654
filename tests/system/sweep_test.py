"""Samples of what tools/sweep and tools/mutate do in full: nothing is lost, nobody is told a lie."""
import json
import subprocess
import unittest

import support


class Tool(support.SystemTest):
    def run_tool(self, name, *arguments):
        figures = self.folder / 'figures.json'
        done = subprocess.run([str(support.ROOT / 'tools' / name), '--quiet', '--json', str(figures),
                               *arguments], capture_output=True, text=True,
                              env=support.ENVIRONMENT, timeout=support.TIMEOUT)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(figures.read_text())


class Sweep(Tool):
    def check_tally(self, tally, least):
        self.assertGreaterEqual(tally['runs'], least, tally)
        # One clean run more: after the run in which nothing was left to fail.
        self.assertEqual(tally['clean_runs'], tally['runs'] + 1, tally)
        self.assertLess(tally['untouched'], tally['runs'], tally)
        self.assertEqual(tally['problems'], [])

    def test_every_disk_read(self):
        figures = self.run_tool('sweep', '--kinds', 'disk', '--', str(support.BIN / 'threedll.exe'))
        tally = figures['kinds']['disk']
        self.check_tally(tally, 15)
        # Some in the loader, some under the running program.
        for outcome in ('not started 0xc0000185', 'ended 0xc0000006'):
            self.assertIn(outcome, tally['outcomes'])

    def test_memory_of_each_kind(self):
        figures = self.run_tool('sweep', '--kinds', 'frame,heap,commit', '--every', '9', '--',
                                str(support.BIN / 'threedll.exe'))
        for kind, least in (('frame', 5), ('heap', 12), ('commit', 8)):
            self.check_tally(figures['kinds'][kind], least)

    def test_all_from_the_nth_on(self):
        figures = self.run_tool('sweep', '--kinds', 'heap', '--every', '20', '--and-after', '--',
                                str(support.BIN / 'threedll.exe'))
        self.assertEqual(figures['kinds']['heap']['untouched'], 0, figures)


class Mutate(Tool):
    def test_broken_programs(self):
        figures = self.run_tool('mutate', '--programs', '40')['programs']
        self.assertEqual((figures['runs'], figures['problems']), (40, []))
        self.assertGreater(len(figures['by_outcome']), 4, figures)

    def test_broken_volumes(self):
        figures = self.run_tool('mutate', '--volumes', '4')['volumes']
        self.assertEqual((figures['runs'], figures['problems']), (4, []))


if __name__ == '__main__':
    unittest.main()
