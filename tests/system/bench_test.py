"""tools/bench gives figures: of rows by the clock, of one by the instruction counter; and tools/profile
accounts for the same instructions. No figure is asserted to be good: only that the sum is done right."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import support

import bench_rows
import guest_bench


class Bench(unittest.TestCase):
    def bench(self, *options, tool='bench'):
        return subprocess.run([support.ROOT / 'tools' / tool, *options], env=support.ENVIRONMENT,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)

    def test_rows_of_ours(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / 'figures.json'
            done = self.bench('--ours', '--rows', '^(zero_fault|hard_fault)$', '--json', file)
            self.assertEqual(done.returncode, 0, done.stderr)
            rows = json.loads(file.read_text())['rows']
        self.assertEqual([row['name'] for row in rows], ['zero_fault', 'hard_fault'])
        for row, samples in zip(rows, (31, 64)):
            ours = row['ours']
            self.assertEqual(ours['samples'], samples)
            self.assertTrue(0 < ours['least'] <= ours['median'] <= ours['most'])
            self.assertIn(f'{ours["median"]:,.0f}', done.stdout)
        # No page is zeroed in fewer instructions than it has words.
        self.assertGreater(rows[0]['ours']['least'], 1024)

        # The profile comes from the counter, the figure from the clock.
        done = self.bench('zero_fault', tool='profile')
        self.assertEqual(done.returncode, 0, done.stderr)
        *functions, whole = done.stdout.splitlines()[1:]
        whole = float(whole.replace(',', ''))
        self.assertLess(abs(whole - rows[0]['ours']['median']), 0.02 * whole)
        shares = [float(re.search(r'([0-9.]+)%', line)[1]) for line in functions]
        self.assertTrue(98 < sum(shares) < 100.5, shares)

    def test_wrong_names(self):
        self.assertNotEqual(self.bench('--ours', '--rows', 'no such row').returncode, 0)
        self.assertEqual(self.bench('--nonsense').returncode, 2)

    def test_list(self):
        done = self.bench('--list')
        self.assertEqual([line.split()[0] for line in done.stdout.splitlines()],
                         [row.name for row in bench_rows.ROWS])


class Table(unittest.TestCase):
    @staticmethod
    def figures(**medians):
        return {name: {'median': value, 'samples': 9}
                for name, value in medians.items()}

    def lines(self, ours, linux):
        rows = [row for row in bench_rows.ROWS if row.name in {*ours, *linux}]
        return {line['name']: line for line in guest_bench.results(rows, ours, linux)}

    def test_ratio_and_aim(self):
        lines = self.lines(self.figures(null_call=100, regions_10=1000, regions_1000=1151),
                           self.figures(null_call=400, regions_10=900))
        self.assertEqual((lines['null_call']['ratio'], lines['null_call']['aim_met']), (4, True))
        self.assertEqual((lines['regions_10']['ratio'], lines['regions_10']['aim_met']), (0.9, None))
        # Its aim is a share of another row's figure.
        self.assertEqual((lines['regions_1000']['ratio'], lines['regions_1000']['aim_met']), (None, False))

    def test_an_aim_that_is_linux(self):
        lines = self.lines(self.figures(file_mapped_reads=120), self.figures(file_mapped_reads=128))
        self.assertTrue(lines['file_mapped_reads']['aim_met'])
        self.assertIsNone(self.lines(self.figures(file_mapped_reads=1), {})['file_mapped_reads']['aim'])

    def test_summary_names_what_is_behind(self):
        lines = self.lines(self.figures(null_call=100, split_merge=9), self.figures(null_call=99,
                                                                                  split_merge=10))
        self.assertEqual(list(guest_bench.summary(lines.values())),
                         ['2 of 2 rows are at their aim.', '1 of 2 rows are behind Linux: null_call.'])


if __name__ == '__main__':
    unittest.main()
