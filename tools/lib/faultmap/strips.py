"""Strips: a picture of the pages of one thing, wrapped into lines of equal length, the PE sections
marked above each line, and below it a row for each process that touched one of its pages.
"""
import html

from . import palette
from .model import (AHEAD, COPIED, PAGE, READ, SHARED, STATES, UNTOUCHED, ZEROED)

MAX_CELLS = 2048      # More pages than that: one cell stands for several.
MAX_ROWS = 6          # Processes below a strip.
# Few pages get large cells, many get small ones without letters.
SIZES = ((16, 'l', palette.LARGE_CELL), (320, 'c', palette.CELL),
         (MAX_CELLS, 's', palette.SMALL_CELL))
GUTTER = 88
_LABEL, _ROW, _GAP = 18, 11, 8
# Where a cell stands for several pages, the state that says most.
_EVENTFUL = (COPIED, SHARED, READ, ZEROED, AHEAD, UNTOUCHED)


def escape(text):
    return html.escape(text, quote=True)


def amount(count, one, many=None):
    return f'{count:,} {one if count == 1 else many or one + "s"}'


def address_of(strip, index):
    if strip.base is not None:
        return strip.base + index * PAGE
    for first, pages, name, _ in strip.sections:
        if strip.kind == 'own' and first <= index < first + pages:
            return int(name, 16) + (index - first) * PAGE
    return None


def describe(strip, index, costs=True):
    """One page in words."""
    fact, state = strip.facts.get(index), strip.state(index)
    words = [f'page {index}']
    name, access = strip.section(index)
    if name and strip.kind != 'own':
        words.append(f'{name} {access}'.strip())
    address = address_of(strip, index)
    if address is not None:
        words.append(f'0x{address:08x}')
    said = ' · '.join(words) + ': '
    if state == UNTOUCHED:
        return said + 'untouched'
    uses = fact.users
    did = [f'{fact.bytes:,} bytes read' if fact.bytes else 'zeroed' if fact.came or ZEROED in
           uses.values() else 'in memory']
    if index in strip.relocated:
        did.append('relocated')
    if index in strip.bound:
        did.append('imports bound')
    if len(fact.sharers) > 1:
        did.append(f'shared by {len(fact.sharers)} processes')
    copies = [str(pid) for pid, use in sorted(uses.items()) if use == COPIED]
    if copies:
        did.append(f'copied for process {", ".join(copies[:4])}'
                   + (f' and {len(copies) - 4} more' if len(copies) > 4 else ''))
    if fact.by_linker:
        did.append('read by the linker')
    if state == AHEAD:
        did.append('not touched')
    if costs:
        did.append(f'{amount(fact.faults, "fault")}, {fact.cycles:,} cycles')
    return said + ', '.join(did)


def count_states(strips):
    """Pages by state, and those that imports were bound in and that were relocated."""
    counts = dict.fromkeys(STATES, 0) | {'bound': 0, 'relocated': 0}
    for strip in strips:
        for index in strip.facts:
            if index < strip.pages:
                counts[strip.state(index)] += 1
        counts[UNTOUCHED] += strip.pages - sum(index < strip.pages for index in strip.facts)
        here = [i for i in strip.facts if i < strip.pages and strip.state(i) != UNTOUCHED]
        counts['bound'] += sum(i in strip.bound for i in here)
        counts['relocated'] += sum(i in strip.relocated for i in here)
    return counts


class Drawing:
    """The layout of one strip at one width."""

    def __init__(self, strip, width, costs=True):
        self.strip, self.costs = strip, costs
        self.per = max(1, -(-strip.pages // MAX_CELLS))
        self.cells = -(-strip.pages // self.per)
        self.size, self.cell = next(
            (name, cell) for most, name, cell in SIZES if self.cells <= most
            and (cell != palette.LARGE_CELL or self.cells * cell <= width - GUTTER))
        fit = max(4, (width - GUTTER) // self.cell)
        # Lines of a round number of pages are easier to count along.
        self.columns = next((n for n in (80, 64, 48, 32, 24, 16, 12, 10, 8) if n <= fit), fit)
        self.columns = min(self.columns, max(1, self.cells))
        pids = strip.pids()
        self.pids, self.more = pids[:MAX_ROWS], max(0, len(pids) - MAX_ROWS)
        if strip.kind == 'own' or self.size == 's':
            self.pids, self.more = [], 0  # One process, or a picture of the whole: words tell.
        self.line_height = _LABEL + self.cell + _ROW * len(self.pids) + _GAP
        lines = -(-self.cells // self.columns)
        self.width = GUTTER + self.columns * self.cell + 2
        self.height = lines * self.line_height - _GAP + 4

    def svg(self, processes, x=0, y=0):
        lines = range(0, self.cells, self.columns)
        inner = ''.join(self._line(start, number * self.line_height, processes)
                        for number, start in enumerate(lines))
        place = f' x="{x}" y="{y}"' if x or y else ''
        return (f'<svg{place} class="strip" width="{self.width}" height="{self.height}" '
                f'viewBox="0 0 {self.width} {self.height}" role="img" '
                f'aria-label="{escape(self.strip.name)}: {self.strip.pages} pages">{inner}</svg>')

    def _line(self, start, top, processes):
        end = min(start + self.columns, self.cells)
        parts = [self._sections(start, end, top)]
        y = top + _LABEL
        label = f'page {start * self.per}' if self.cells > self.columns else ''
        parts.append(f'<text class="t" x="0" y="{y + self.cell / 2 + 4:g}">{label}</text>')
        for cell in range(start, end):
            parts.append(self._cell(cell, GUTTER + (cell - start) * self.cell, y))
        y += self.cell
        for pid in self.pids:
            name = processes.get(pid) or 'process'
            label = f'{name[:8]}… {pid}' if len(name) > 9 else f'{name} {pid}'
            parts.append(f'<text class="t" x="0" y="{y + 9}">{escape(label)}</text>')
            for cell in range(start, end):
                use = self._use(cell, pid)
                if use:
                    parts.append(palette.bar(use, GUTTER + (cell - start) * self.cell + 1, y + 2,
                                             self.cell - 2, _ROW - 3))
            y += _ROW
        return ''.join(parts)

    def _sections(self, start, end, y):
        parts = []
        for first, pages, name, access in self.strip.sections:
            left = max(first // self.per, start)
            right = min(-(-(first + pages) // self.per), end)
            if left >= right:
                continue
            x, width = GUTTER + (left - start) * self.cell, (right - left) * self.cell
            room = int((width - 2) / 6)
            label = name if len(name) <= room else name[:max(0, room - 1)] + '…' if room > 2 else ''
            parts.append(f'<path class="b" d="M{x + 2} {y + _LABEL - 1}V{y + _LABEL - 4}'
                         f'H{x + width - 2}V{y + _LABEL - 1}"/>'
                         f'<text class="t" x="{x + 2}" y="{y + 11}">{escape(label)}'
                         f'<title>{escape(f"{name} {access}".strip())}: '
                         f'{amount(pages, "page")} from page {first}</title></text>')
        return ''.join(parts)

    def _pages(self, cell):
        return range(cell * self.per, min((cell + 1) * self.per, self.strip.pages))

    def _cell(self, cell, x, y):
        strip, pages = self.strip, self._pages(cell)
        states = {strip.state(page) for page in pages}
        state = next(s for s in _EVENTFUL if s in states)
        marks, size = '', self.cell
        if any(strip.is_bound(page) for page in pages):
            corner = size // 3
            marks += (f'<path class="m-bound" d="M{x + size - 1 - corner} {y + 1}'
                      f'h{corner}v{corner}z"/>')
        if state != UNTOUCHED and any(page in strip.relocated for page in pages):
            marks += (f'<circle class="m-reloc" cx="{x + 1 + size // 6}" cy="{y + size - 1 - size // 6}"'
                      f' r="{max(2, size // 11)}"/>')
        if self.per == 1:
            title = describe(strip, cell, self.costs)
        else:
            touched = sum(strip.state(page) != UNTOUCHED for page in pages)
            title = (f'pages {pages[0]} to {pages[-1]}: {touched} of {len(pages)} in memory, '
                     f'{state} at the most')
        return (f'<g class="c" data-state="{state}"><use href="#{self.size}-{state}"'
                f' x="{x}" y="{y}"/>{marks}<title>{escape(title)}</title></g>')

    def _use(self, cell, pid):
        """What the process did with the cell's pages: the section's frame is SHARED if others do."""
        found = set()
        for page in self._pages(cell):
            fact = self.strip.facts.get(page)
            use = fact and fact.users.get(pid)
            if use == READ and len(fact.sharers) > 1:
                use = SHARED
            if use:
                found.add(use)
        return next((s for s in _EVENTFUL if s in found), None)
