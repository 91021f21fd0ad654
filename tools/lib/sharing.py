"""sharing: how much of its images a program shares; see --help. Started by tools/sharing."""
import argparse
import bisect
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = 4096

HELP = """Runs a program once for each seed, every image off its preferred base, and says of each image
how many of its pages a process copied for itself, and how many of these hold code. All other pages are
the one frame that all processes map."""


class Image:
    """An image in one run: its PE sections, and what became of its pages."""

    def __init__(self, event):
        self.name, self.pages = event['image'], event['pages']
        self.moved = event['base'] != event['preferred_base']
        self.starts = [section['rva'] // PAGE for section in event['sections']]
        self.code = ['x' in section['access'] for section in event['sections']]
        self.come_in, self.copied, self.processes = set(), set(), set()

    def is_code(self, page):
        index = bisect.bisect_right(self.starts, page) - 1
        return index >= 0 and self.code[index]

    def figures(self):
        """Pages in memory, the most that one process copied, of them code."""
        by_process = {}
        for process, page in self.copied:
            by_process.setdefault(process, set()).add(page)
        most = max(by_process.values(), key=len, default=set())
        code = {page for pages in by_process.values() for page in pages if self.is_code(page)}
        return len(self.come_in), len(most), len(code)


def read_trace(lines):
    """{section: Image}, of a trace's lines."""
    images = {}
    for line in lines:
        entry = json.loads(line)
        event, section = entry.get('event'), entry.get('section')
        if event == 'image':
            images[section] = Image(entry)
        elif section not in images:
            continue
        elif event == 'page_in':
            images[section].come_in.update(range(entry['page'], entry['page'] + entry['pages']))
        elif event is None and entry['status'] == 0:
            images[section].processes.add(entry['pid'])
            if entry['kind'] == 'copy_on_write':
                images[section].copied.add((entry['pid'], entry['page']))
    return {section: image for section, image in images.items() if image.processes}


def run(seed, options):
    with tempfile.TemporaryDirectory(prefix='faultline-sharing-') as folder:
        trace = pathlib.Path(folder) / 'trace.json'
        command = [str(ROOT / 'tools/runpe'), '--quiet', '--seed', str(seed), '--trace', str(trace),
                   *options.command]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        if not trace.exists():
            sys.exit(f'sharing: the program did not start (status {done.returncode})')
        with open(trace) as lines:
            return read_trace(lines)


def main():
    parser = argparse.ArgumentParser(prog='sharing', description=HELP,
                                     usage='sharing [--seeds N] [--] [runpe\'s options] program.exe '
                                           '[arguments...]')
    parser.add_argument('--seeds', type=int, default=5, metavar='N', help='seeds 1 to N (default 5)')
    parser.add_argument('--json', metavar='FILE', help='the figures as one JSON object')
    parser.add_argument('command', nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.command[:1] == ['--']:
        del options.command[0]
    if not options.command:
        parser.error('no program')
    table = {}
    for seed in range(1, options.seeds + 1):
        for image in run(seed, options).values():
            row = table.setdefault(image.name, {'pages': image.pages, 'moved': 0, 'in_memory': [],
                                                'private': [], 'private_code': []})
            row['moved'] += image.moved
            for key, value in zip(('in_memory', 'private', 'private_code'), image.figures()):
                row[key].append(value)
    show(table)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({'seeds': options.seeds, 'images': table}))


def show(table):
    def span(values):
        return str(min(values)) if min(values) == max(values) else f'{min(values)}-{max(values)}'
    print(f'{"image":24} {"pages":>6} {"moved":>6} {"in memory":>10} {"private":>8} {"of them code":>13}')
    for name, row in sorted(table.items(), key=lambda item: item[0].lower()):
        print(f'{name:24} {row["pages"]:6} {row["moved"]:6} {span(row["in_memory"]):>10} '
              f'{span(row["private"]):>8} {span(row["private_code"]):>13}')


if __name__ == '__main__':
    main()
