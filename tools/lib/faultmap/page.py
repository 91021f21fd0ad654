"""The fault map as one HTML file that needs nothing else: style and script are put inside."""
import pathlib

from . import palette, strips, table, timeline
from .model import CATEGORIES, COSTLIEST, STATES
from .strips import amount, escape

HERE = pathlib.Path(__file__).parent
HINT = 'Point at a mark, or use the arrow keys.'
WIDE, NARROW = 1080, 338
MAX_IMAGES, MAX_OTHERS, MAX_CELLS = 40, 12, 8000


def _chosen(model):
    """The strips that are drawn, and what is left out, in words."""
    images = sorted(model.images(), key=lambda strip: -strip.faults)
    others = sorted(model.others(), key=lambda strip: -strip.faults)
    kept, cells = set(), 0
    for group, most in ((images, MAX_IMAGES), (others, MAX_OTHERS)):
        for strip in group[:most]:
            if cells + min(strip.pages, strips.MAX_CELLS) <= MAX_CELLS:
                cells += min(strip.pages, strips.MAX_CELLS)
                kept.add(id(strip))
    left_out = []
    for group, word in ((images, 'image'), (others, 'other strip')):
        gone = [strip for strip in group if id(strip) not in kept]
        if gone:
            names = ', '.join(strip.name for strip in gone[:5]) + (', …' if len(gone) > 5 else '')
            left_out.append(f'{amount(len(gone), word)} with fewer faults ({names})')
    return ([s for s in model.images() if id(s) in kept], [s for s in others if id(s) in kept],
            left_out)


def _card(strip, model, left_out):
    wide, narrow = strips.Drawing(strip, WIDE), strips.Drawing(strip, NARROW)
    if wide.per > 1:
        left_out.append(f'{strip.name}: a square stands for {wide.per} pages')
    if wide.more:
        left_out.append(f'{strip.name}: {amount(wide.more, "more process", "more processes")}')
    present = sum(strip.state(page) != 'untouched' for page in strip.facts)
    facts = [f'{present:,} of {amount(strip.pages, "page")} in memory',
             amount(strip.faults, 'fault')]
    if strip.kind == 'image':
        facts.append(f'at 0x{strip.base:08x}' + (
            f', not 0x{strip.preferred_base:08x}' if strip.base != strip.preferred_base else ''))
    name = strip.name if strip.name != '(memory)' else (
        'system call stubs' if strip.kind == 'file' else 'shared memory')
    both = ''.join(
        f'<div class="{label}" tabindex="0" role="group" aria-label="Pages of {escape(name)}: arrow '
        f'keys move, the line below describes">{drawing.svg(model.processes)}</div>'
        for label, drawing in (('wide', wide), ('narrow', narrow)))
    return (f'<article class="card" data-strip="{escape(name)}"><h3>{escape(name)}</h3>'
            f'<p class="facts">{" · ".join(facts)}</p>{both}'
            f'<p class="said" aria-live="polite">{HINT}</p></article>')


def _legend(counts, words, order, tag):
    items = ''.join(
        f'<li data-state="{state}"><svg width="28" height="28" aria-hidden="true">'
        f'<use href="#c-{state}"/></svg><b>{counts[state]:,}</b> {escape(words[state])}</li>'
        for state in order)
    if tag == 'pages':
        marks = (('bound', '<path class="m-bound" d="M7 6h15v15z"/>', 'imports bound on the way in'),
                 ('relocated', '<circle class="m-reloc" cx="14" cy="14" r="4"/>',
                  'relocated on the way in'))
        items += ''.join(
            f'<li data-state="{name}"><svg width="28" height="28" aria-hidden="true">{mark}</svg>'
            f'<b>{counts[name]:,}</b> {text}</li>' for name, mark, text in marks)
    return f'<ul class="legend" id="legend-{tag}">{items}</ul>'


def _axes(model):
    modes = [('time', True), ('order', False)] if model.has_times() else [('order', False)]
    buttons = ''
    if len(modes) > 1:
        buttons = ('<p class="switch" role="group" aria-label="Axis">'
                   '<button type="button" data-axis="time" aria-pressed="true">by time</button>'
                   '<button type="button" data-axis="order" aria-pressed="false">one by one</button>'
                   '</p>')
    drawn = ''.join(
        f'<div class="{label} axis-{mode}" tabindex="0" role="group" aria-label="Bars: arrow keys '
        f'move, the line below describes"{" hidden" if number else ""}>'
        f'{timeline.svg(model, width, bins, by_time)}</div>'
        for number, (mode, by_time) in enumerate(modes)
        for label, width, bins in (('wide', WIDE, 120), ('narrow', NARROW, 48)))
    return (f'{buttons}<article class="card" id="axis">{drawn}'
            f'<p class="said" aria-live="polite">{HINT}</p></article>')


def _size(count):
    unit, scale = ('KiB', 1024) if count < 10 << 20 else ('MiB', 1 << 20)
    return f'{count / scale:,.{0 if count >= 100 * scale else 1}f} {unit}'.replace('.0 ', ' ')


def _figures(model, counts):
    images = model.images()
    pages = sum(strip.pages for strip in images)
    present = pages - counts['untouched']
    return ''.join(f'<div><dt>{label}</dt><dd>{value}</dd><dd class="dim">{more}</dd></div>'
                   for value, label, more in (
        (f'{model.faults:,}', 'page faults', f'{model.hard:,} waited for the disk'),
        (f'{present:,} of {pages:,}', 'pages of images in memory',
         f'{amount(len(images), "image")}'),
        (_size(model.bytes), 'read from files', f'{model.bytes:,} bytes'),
        (f'{model.counts["copied"]:,}', 'pages copied', 'for a process that wrote'),
        (f'{len([p for p in model.processes if p]):,}', 'processes',
         f'{model.cycles:,} cycles in faults')))


def render(model, names, title):
    left_out = []
    images, others, gone = _chosen(model)
    left_out += gone
    drawn = ''.join(_card(strip, model, left_out) for strip in images)
    beside = ''.join(_card(strip, model, left_out) for strip in others)
    if model.faults > COSTLIEST:
        left_out.append(f'the table has the {COSTLIEST} costliest of {model.faults:,} faults')
    if model.is_cut_off:
        left_out.append('the trace ends in the middle of a line: the run was cut off')
    counts = strips.count_states(model.images())
    parts = {
        'TITLE': escape(title),
        'STYLE': palette.variables(':root') + palette.DRAWING + (HERE / 'page.css').read_text(),
        'SCRIPT': (HERE / 'page.js').read_text(),
        'DEFINITIONS': palette.definitions(),
        'FIGURES': _figures(model, counts),
        'PAGES': _legend(counts, palette.WORDS, STATES, 'pages'),
        'IMAGES': drawn or '<p>No image was traced.</p>',
        'OTHERS': f'<section><h2>Other memory</h2><div class="cards">{beside}</div></section>'
                  if beside else '',
        'FAULTS': _legend(model.counts, palette.FAULT_WORDS, CATEGORIES, 'faults'),
        'AXES': _axes(model),
        'TABLE': table.html(model, names),
        'LEFT': ('<section><h2>Left out</h2><ul>' + ''.join(
            f'<li>{escape(text)}</li>' for text in left_out) + '</ul></section>')
                if left_out else '',
    }
    page = (HERE / 'page.html').read_text()
    for name, text in parts.items():
        page = page.replace(f'<!--{name}-->', text)
    return page
