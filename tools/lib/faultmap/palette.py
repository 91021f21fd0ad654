"""The look of a page's state, for the HTML page and for the picture alone: a colour, a texture and a
letter each, so that none of the three is needed to tell them apart. Light and dark.
"""
from .model import AHEAD, COPIED, OTHER, READ, SHARED, UNTOUCHED, ZEROED

LETTERS = {READ: 'R', SHARED: 'S', COPIED: 'C', ZEROED: 'Z', AHEAD: 'a', UNTOUCHED: '', OTHER: 'o'}
WORDS = {
    READ: 'read from the disk, not shared',
    SHARED: 'shared: one frame, several processes',
    COPIED: 'copied for the process that wrote',
    ZEROED: 'zeroed: nothing to read',
    AHEAD: 'came along with a neighbour, not touched',
    UNTOUCHED: 'untouched: never in memory',
}
FAULT_WORDS = {
    READ: 'read from the disk', SHARED: 'found in memory', COPIED: 'copied on write',
    ZEROED: 'zeroed', OTHER: 'other: guard page, violation, race',
}

_LIGHT = {'page': '#fbfaf8', 'panel': '#ffffff', 'text': '#1c2127', 'dim': '#59626d',
          'line': '#d9dce1', 'read': '#0b62b0', 'shared': '#00745a', 'copied': '#b84300',
          'zeroed': '#e5aa12', 'ahead': '#d5e5f5', 'other': '#6c7480', 'untouched': '#c3c8cf',
          'bound': '#7b2cbf', 'on': '#ffffff', 'on-zeroed': '#2b2000', 'on-ahead': '#0b4a86'}
_DARK = {'page': '#14171b', 'panel': '#1c2025', 'text': '#e9ecef', 'dim': '#a3acb7',
         'line': '#343b44', 'read': '#62adff', 'shared': '#45c99d', 'copied': '#ff8f55',
         'zeroed': '#f4cb4d', 'ahead': '#203a55', 'other': '#8b95a1', 'untouched': '#4a525d',
         'bound': '#d3adff', 'on': '#0d1116', 'on-zeroed': '#0d1116', 'on-ahead': '#a9d1ff'}


def variables(selector):
    """The colours as CSS variables; a page may force a theme by data-theme on its root."""
    def block(colours):
        return ';'.join(f'--{name}:{colour}' for name, colour in colours.items())
    return (f'{selector}{{{block(_LIGHT)};color-scheme:light dark}}\n'
            f'@media (prefers-color-scheme:dark){{'
            f'{selector}:not([data-theme=light]){{{block(_DARK)}}}}}\n'
            f'{selector}[data-theme=dark]{{{block(_DARK)}}}\n')


# Inside drawings. `.x` is a texture, `.k` a letter.
DRAWING = '''\
.t{fill:var(--dim);font:11px ui-sans-serif,system-ui,sans-serif}
.k{font:600 13px ui-monospace,monospace;text-anchor:middle}
.b{stroke:var(--dim);stroke-width:1;fill:none}
.f-read{fill:var(--read)}.f-shared{fill:var(--shared)}.f-copied{fill:var(--copied)}
.f-zeroed{fill:var(--zeroed)}.f-other{fill:var(--other)}
.f-ahead{fill:var(--ahead);stroke:var(--read);stroke-dasharray:3 2}
.f-untouched{fill:none;stroke:var(--untouched)}
.k-read,.k-shared,.k-copied,.k-other{fill:var(--on)}
.k-zeroed{fill:var(--on-zeroed)}.k-ahead{fill:var(--on-ahead)}
.x{stroke:var(--on);stroke-width:1.6;stroke-opacity:.38;fill:none}
.x-zeroed{fill:var(--on-zeroed);fill-opacity:.3;stroke:none}
.m-bound{fill:var(--bound);stroke:var(--panel);stroke-width:1}
.m-reloc{fill:var(--text);stroke:var(--panel);stroke-width:1}
'''

_TEXTURES = {  # Lines in a tile of 6 by 6; solid is a texture, too: READ's.
    SHARED: '<path class="x" d="M0 1.5H6M0 4.5H6"/>',
    COPIED: '<path class="x" d="M-1 1L1 -1M0 6L6 0M5 7L7 5"/>',
    ZEROED: '<circle class="x-zeroed" cx="1.5" cy="1.5" r="1"/>'
            '<circle class="x-zeroed" cx="4.5" cy="4.5" r="1"/>',
    OTHER: '<path class="x" d="M1.5 0V6M4.5 0V6"/>',
}
LARGE_CELL, CELL, SMALL_CELL = 40, 28, 12


def _cell(state, size, name, letter):
    box = f'x="1" y="1" width="{size - 2}" height="{size - 2}" rx="{size // 8}"'
    drawn = f'<rect class="f-{state}" {box}/>'
    if state in _TEXTURES:
        drawn += f'<rect fill="url(#x-{state})" {box}/>'
    if letter and LETTERS[state]:
        drawn += (f'<text class="k k-{state}" x="{size / 2:g}" y="{size / 2 + 4.5:g}">'
                  f'{LETTERS[state]}</text>')
    # The whole square answers the pointer, also where nothing is painted.
    return (f'<symbol id="{name}-{state}" overflow="visible"><rect width="{size}" height="{size}" '
            f'fill="transparent"/>{drawn}</symbol>')


def definitions():
    """Textures, and a symbol for each state in three sizes: #l-STATE, #c-STATE, #s-STATE."""
    patterns = ''.join(
        f'<pattern id="x-{state}" width="6" height="6" patternUnits="userSpaceOnUse">{lines}'
        '</pattern>' for state, lines in _TEXTURES.items())
    cells = ''.join(_cell(state, LARGE_CELL, 'l', True) + _cell(state, CELL, 'c', True)
                    + _cell(state, SMALL_CELL, 's', False) for state in LETTERS)
    return f'<defs>{patterns}{cells}</defs>'


def bar(state, x, y, width, height, title=''):
    """A plain bar with the state's colour and texture, as the process rows and the time axis use."""
    box = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    texture = f'<rect fill="url(#x-{state})" {box}/>' if state in _TEXTURES else ''
    return f'<g><rect class="f-{state}" {box}/>{texture}{title}</g>'
