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


if __name__ == '__main__':
    unittest.main()
