"""tools/lib/coverage.py: sums counts over object files, room by room, and shortens lists of lines."""
import pathlib
import sys
import unittest
from collections import Counter, defaultdict

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools/lib'))
import coverage  # noqa: E402


class Coverage(unittest.TestCase):
    def test_ranges(self):
        self.assertEqual(coverage.ranges([]), '')
        self.assertEqual(coverage.ranges([3, 4, 5, 9]), '3-5 9')

    def test_a_line_counts_if_any_object_executes_it(self):
        counts = defaultdict(Counter)

        def add(file, **lines):
            coverage.add_counts(counts, {
                'current_working_directory': str(coverage.ROOT / 'build/x'),
                'files': [{'file': file, 'lines': [{'line_number': int(n[1:]), 'count': count}
                                                   for n, count in lines.items()]}]}, ['mm', 'pe'])

        add('../../mm/region.h', l1=0, l2=0)
        add(str(coverage.ROOT / 'mm/region.h'), l1=3, l2=0)
        add('../../tests/mm/model.h', l1=1)
        add('/usr/include/stdio.h', l1=1)
        self.assertEqual({name: dict(lines) for name, lines in counts.items()},
                         {'mm/region.h': {1: 3, 2: 0}})


if __name__ == '__main__':
    unittest.main()
