"""Reads a trace: one JSON object a line, as kernel/trace.h and kernel/fault_log.cpp write them.

Checks everything that the rest relies on, so that a broken line is a message with its number, and
never an exception further on.
"""
import json

FAULT_KINDS = ('demand_zero', 'image_page', 'data_page', 'shared_memory_page', 'copy_on_write',
               'guard_page', 'access_violation', 'already_resolved')
MAX_IMAGE_PAGES = 1 << 20  # 4 GiB of pages: more cannot be in a 32-bit address space.


class TraceError(Exception):
    """What is wrong, with the file's name and the line's number in front."""


class _Line:
    """One object with its place, for checked access."""

    def __init__(self, place, fields):
        self.place, self._fields = place, fields

    def fail(self, what):
        raise TraceError(f'{self.place}: {what}')

    def has(self, name):
        return name in self._fields

    def value(self, name, kind, default=None):
        value = self._fields.get(name, default)
        if value is None:
            self.fail(f'the field "{name}" is missing')
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fail(f'the field "{name}" is {json.dumps(value)[:40]}, not {_KIND_NAMES[kind]}')
        return value

    def number(self, name, below=1 << 64, default=None):
        value = self.value(name, int, default)
        if not 0 <= value < below:
            self.fail(f'the field "{name}" is {value}, not from 0 to {below - 1}')
        return value


_KIND_NAMES = {int: 'a number', str: 'a string', bool: 'true or false', list: 'a list',
               dict: 'an object'}


def read(path, take):
    """Calls take.NAME(fields) for each object: image, bound, page_in, process, fault. Returns how
    many lines there were. A last line without line end is a run that was cut off, and left out."""
    count = 0
    with open(path, 'rb') as file:
        for number, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            place = f'{path}:{number}'
            try:
                fields = json.loads(raw)
            except ValueError as error:
                if not raw.endswith(b'\n'):
                    take.cut_off()
                    break
                what = error.msg if isinstance(error, json.JSONDecodeError) else 'not UTF-8'
                raise TraceError(f'{place}: not JSON: {what}') from None
            if not isinstance(fields, dict):
                raise TraceError(f'{place}: not a JSON object')
            line = _Line(place, fields)
            event = fields.get('event', 'fault' if 'kind' in fields else None)
            reader = _READERS.get(event) if isinstance(event, (str, type(None))) else None
            if not reader:
                line.fail('neither a fault nor a known event: is this a trace of runpe?')
            reader(line, take)
            count += 1
    return count


def _runs(line, name, pages):
    result = set()
    for run in line.value(name, list, []):
        if (not isinstance(run, list) or len(run) != 2
                or not all(type(n) is int and 0 <= n <= pages for n in run)
                or run[0] + run[1] > pages):
            line.fail(f'the field "{name}" has {json.dumps(run)[:40]}, not pages of the image')
        result.update(range(run[0], run[0] + run[1]))
    return result


def _image(line, take):
    pages = line.number('pages', MAX_IMAGE_PAGES + 1)
    sections = []
    for entry in line.value('sections', list):
        if not isinstance(entry, dict):
            line.fail('a section is not an object')
        section = _Line(line.place, entry)
        sections.append({'name': section.value('name', str), 'rva': section.number('rva', 1 << 32),
                         'size': section.number('size', 1 << 32),
                         'access': section.value('access', str)})
    take.image({'section': line.number('section'), 'name': line.value('image', str),
                'base': line.number('base', 1 << 32),
                'preferred_base': line.number('preferred_base', 1 << 32), 'pages': pages,
                'sections': sections, 'relocated': _runs(line, 'relocated', pages)})


def _bound(line, take):
    take.bound({'section': line.number('section'),
                'bound': _runs(line, 'bound', MAX_IMAGE_PAGES)})


def _page_in(line, take):
    take.page_in({'section': line.number('section'), 'name': line.value('image', str),
                  'page': line.number('page', MAX_IMAGE_PAGES),
                  'pages': line.number('pages', 1025), 'bytes': line.number('bytes', 1 << 32),
                  'time': line.number('time', default=0), 'pid': line.number('pid', 1 << 32)})


def _process(line, take):
    take.process({'pid': line.number('pid', 1 << 32), 'name': line.value('image', str)})


def _fault(line, take):
    kind = line.value('kind', str)
    if kind not in FAULT_KINDS:
        line.fail(f'the field "kind" is "{kind[:40]}", which is no kind of fault')
    fault = {'n': line.number('n'), 'time': line.number('time', default=0), 'kind': kind,
             'address': line.number('address', 1 << 32), 'eip': line.number('eip', 1 << 32),
             'access': line.value('access', str), 'mode': line.value('mode', str),
             'pid': line.number('pid', 1 << 32), 'hard': line.value('hard', bool),
             'cycles': line.number('cycles'), 'status': line.number('status', 1 << 32)}
    if line.has('image'):
        fault |= {'section': line.number('section'), 'image': line.value('image', str),
                  'page': line.number('page', MAX_IMAGE_PAGES)}
    take.fault(fault)


_READERS = {'image': _image, 'bound': _bound, 'page_in': _page_in, 'process': _process,
            'fault': _fault}
