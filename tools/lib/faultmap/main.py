"""The command line of tools/faultmap."""
import argparse
import json
import os
import pathlib
import sys

from . import page, svg, table, trace
from .model import Model

HELP_END = '''\
The trace comes from: tools/runpe --trace TRACE program.exe
Names of functions come from the files that --images gives: the symbol table of an .exe or .dll, its
exports, and for the kernel a file faultline.elf. Without them a place is a section and an offset.
exit status: 0; 1: the trace or another file cannot be used (the message names the line); 2: usage
'''


def _files(places):
    """Image files by base name in lower case; a directory gives what lies in it."""
    found = {}
    for place in places:
        path = pathlib.Path(place)
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.is_dir():
                continue
            if not path.is_dir():
                file.stat()  # What was named must be there.
            if file.suffix.lower() in ('.exe', '.dll', '.elf') or not path.is_dir():
                found.setdefault(file.name.lower(), file)
    return found


def _ntdll(stats):
    if not stats:
        return None
    with open(stats, 'rb') as file:
        try:
            exports = json.load(file)['ntdll']['exports']
            return {str(name): int(address) for name, address in exports.items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise trace.TraceError(f'{stats}: not what runpe --stats writes') from None


def _write(path, text):
    """All of it, or the file that was there before."""
    temporary = f'{path}.{os.getpid()}.new'
    try:
        with open(temporary, 'w', encoding='utf-8') as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def main(arguments):
    parser = argparse.ArgumentParser(
        prog='faultmap', allow_abbrev=False, epilog=HELP_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Draws a fault trace as one self-contained HTML page.')
    parser.add_argument('trace', metavar='TRACE', help='what runpe --trace wrote')
    parser.add_argument('out', metavar='OUT', help='the page (or picture) to write')
    parser.add_argument('--svg', action='store_true',
                        help='only the images, as an SVG; the same for runs that did the same')
    parser.add_argument('--images', metavar='PLACE', action='append', default=[],
                        help='a file or a directory with the programs, for the names of functions')
    parser.add_argument('--stats', metavar='FILE', help='of the same run: names the system calls')
    parser.add_argument('--title', metavar='TEXT', help='instead of the program\'s name')
    options = parser.parse_args(arguments)
    model = Model()
    try:
        if trace.read(options.trace, model) == 0:
            raise trace.TraceError(f'{options.trace}: the trace is empty')
        files = _files(options.images)
        if options.svg:
            text = svg.render(model)
        else:
            names = table.Names(files, files.get('faultline.elf'), _ntdll(options.stats))
            programs = list(dict.fromkeys(filter(None, model.processes.values())))
            title = options.title or ', '.join(programs[:3]) or os.path.basename(options.trace)
            text = page.render(model, names, title)
        _write(options.out, text)
    except (trace.TraceError, OSError) as error:
        what = f'{error.filename}: {error.strerror}' if isinstance(error, OSError) else error
        print(f'faultmap: {what}', file=sys.stderr)
        return 1
    return 0
