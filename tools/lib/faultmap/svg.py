"""The strips of the images alone, as one SVG for a README. Only what a run repeats: no cycles."""
from . import palette
from .model import STATES, UNTOUCHED
from .strips import Drawing, amount, count_states, escape

WIDTH = 860
_MARGIN = 20


def _legend(counts, y):
    x, parts = _MARGIN, []
    for state in STATES:
        words = palette.WORDS[state]
        label = f'{counts[state]:,} {words.split(":")[0] if state == UNTOUCHED else words}'
        if counts[state]:
            parts.append((f'<use href="#c-{state}" x="{{}}" y="{{}}"/>', label))
    if counts['bound']:
        parts.append(('<path class="m-bound" transform="translate({} {})" d="M8 6h14v14z"/>',
                      f'{counts["bound"]} with imports bound on the way in'))
    if counts['relocated']:
        parts.append(('<circle class="m-reloc" transform="translate({} {})" cx="14" cy="14" r="4"/>',
                      f'{counts["relocated"]} relocated on the way in'))
    drawn, column = [], (WIDTH - 2 * _MARGIN) // 2
    for number, (mark, label) in enumerate(parts):
        left, top = x + number % 2 * column, y + number // 2 * 34
        drawn.append(mark.format(left, top)
                     + f'<text class="l" x="{left + 38}" y="{top + 18}">{escape(label)}</text>')
    return ''.join(drawn), y + -(-len(parts) // 2) * 34


def render(model):
    images, body = model.images(), []
    x, y, row = _MARGIN, 78, 0
    for strip in images:
        drawing = Drawing(strip, WIDTH - 2 * _MARGIN, costs=False)
        if x > _MARGIN and x + drawing.width > WIDTH - _MARGIN:
            x, y, row = _MARGIN, y + row + 26, 0
        body.append(f'<text class="h" x="{x}" y="{y}">{escape(strip.name)}</text>'
                    + drawing.svg(model.processes, x, y + 12))
        x, row = x + max(drawing.width, 300) + 36, max(row, drawing.height + 12)
    counts = count_states(images)
    legend, height = _legend(counts, y + row + 24)
    pages = sum(strip.pages for strip in images)
    read = sum(bool(fact.bytes) for strip in images for fact in strip.facts.values())
    title = (f'{amount(len(images), "image")}, {amount(pages, "page")}: {read} read from the disk, '
             f'{counts[UNTOUCHED]} never in memory')
    return f'''<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height + 12}" \
viewBox="0 0 {WIDTH} {height + 12}" role="img" aria-label="{escape('Fault map: ' + title)}">
<style>{palette.variables('svg')}{palette.DRAWING}\
.h{{font:600 15px ui-sans-serif,system-ui,sans-serif;fill:var(--text)}}\
.l{{font:13px ui-sans-serif,system-ui,sans-serif;fill:var(--text)}}</style>
{palette.definitions()}
<rect width="100%" height="100%" rx="8" fill="var(--page)"/>
<text class="h" x="{_MARGIN}" y="36">{escape(title)}</text>
{chr(10).join(body)}
{legend}
</svg>
'''
