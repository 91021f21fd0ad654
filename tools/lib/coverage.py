"""Sums what gcov knows of a build: lines executed, room by room (tools/coverage builds and tests first)."""
import argparse
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build/host-coverage'


def read_counts(rooms):
    """{file: {line: times executed}}; templates and inline functions count in all that include them."""
    counts = collections.defaultdict(collections.Counter)
    notes = sorted(BUILD.rglob('*.gcno'))
    with tempfile.TemporaryDirectory() as folder:
        # Object files of one name in two directories would overwrite each other's answers.
        for number, note in enumerate(notes):
            out = pathlib.Path(folder) / str(number)
            out.mkdir()
            subprocess.run(['gcov', '--json-format', str(note)], cwd=out, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for answer in out.glob('*.gcov.json.gz'):
                with gzip.open(answer) as file:
                    add_counts(counts, json.load(file), rooms)
    return counts


def add_counts(counts, answer, rooms):
    directory = pathlib.Path(answer['current_working_directory'])
    for file in answer['files']:
        path = (directory / file['file']).resolve()
        if not path.is_relative_to(ROOT):
            continue
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(tuple(room + '/' for room in rooms)):
            continue
        for line in file['lines']:
            counts[name][line['line_number']] += line['count']


def ranges(lines):
    """'3-5 9' of [3, 4, 5, 9]."""
    runs = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ' '.join(str(a) if a == b else f'{a}-{b}' for a, b in runs)


def main():
    parser = argparse.ArgumentParser(
        prog='coverage', description='Line coverage of rooms by the host tests, and the lines that no test '
        'executes. Exit status: 0 if every room has at least the minimum.')
    parser.add_argument('--minimum', type=float, default=95.0, metavar='PERCENT')
    parser.add_argument('rooms', nargs='*', default=['mm', 'pe', 'fs'], metavar='ROOM')
    arguments = parser.parse_args()

    counts = read_counts(arguments.rooms)
    enough = True
    for name in sorted(counts):
        missed = sorted(line for line, count in counts[name].items() if count == 0)
        if missed:
            print(f'{name}: {ranges(missed)}')
    print(f'{"room":10}{"lines":>8}{"executed":>10}{"percent":>9}')
    for room in arguments.rooms:
        files = [lines for name, lines in counts.items() if name.startswith(room + '/')]
        total = sum(len(lines) for lines in files)
        executed = sum(1 for lines in files for count in lines.values() if count)
        percent = 100 * executed / total if total else 0
        enough = enough and percent >= arguments.minimum
        print(f'{room:10}{total:8}{executed:10}{percent:9.2f}')
    return 0 if enough else 1


if __name__ == '__main__':
    sys.exit(main())
