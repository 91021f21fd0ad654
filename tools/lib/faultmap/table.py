"""The costliest faults: who, where in which module, on what."""
from .model import KERNEL_START, PAGE, category
from .palette import FAULT_WORDS, LETTERS
from .strips import escape
from .symbols import Symbols, read


class Names:
    """Names for code addresses, from what files there are."""

    def __init__(self, files, kernel=None, ntdll=None):
        self._files = files  # Base name in lower case: path
        self._read = {}
        self._kernel = read(kernel) if kernel else Symbols([])
        self._ntdll = Symbols([(address, name) for name, address in (ntdll or {}).items()])
        self._ntdll_page = min((ntdll or {0: 0}).values()) // PAGE

    def _symbols(self, image):
        key = image.lower()
        if key not in self._read:
            self._read[key] = read(self._files[key]) if key in self._files else Symbols([])
        return self._read[key]

    def place(self, model, address):
        """(module, symbol or section + offset)"""
        if address >= KERNEL_START:
            return 'kernel', self._kernel.name(address) or f'0x{address:08x}'
        if self._ntdll_page and address // PAGE == self._ntdll_page:
            return 'ntdll.dll', self._ntdll.name(address) or f'0x{address:08x}'
        image = model.image_at(address)
        if not image:
            return '', f'0x{address:08x}'
        offset = address - image.base
        named = self._symbols(image.name).name(offset)
        if named:
            return image.name, named
        for first, pages, name, _ in image.sections:
            if first <= offset // PAGE < first + pages:
                return image.name, f'{name}+{offset - first * PAGE:#x}'
        return image.name, f'+{offset:#x}'


def _subject(model, fault):
    if 'image' not in fault:
        return f'0x{fault["address"]:08x}'
    strip = model.strips[fault['section'], fault['image']]
    section = strip.section(fault['page'])[0]
    return f'{fault["image"]} page {fault["page"]}' + (f' {section}' if section else '')


def html(model, names):
    faults = model.costliest()
    highest = max((fault['cycles'] for fault in faults), default=0) or 1
    rows = []
    for fault in faults:
        what = category(fault)
        module, symbol = names.place(model, fault['eip'])
        process = model.processes.get(fault['pid']) or 'process'
        status = f', status 0x{fault["status"]:08x}' if fault['status'] else ''
        share = 100 * fault['cycles'] / highest
        rows.append(
            f'<tr><td class="n" data-name="cycles">{fault["cycles"]:,}'
            f'<span class="share" style="width:{share:.1f}%"></span></td>'
            f'<td data-name="what"><span class="chip chip-{what}" aria-hidden="true">{LETTERS[what]}'
            f'</span> {FAULT_WORDS[what].split(":")[0]}'
            f'{", waited for the disk" if fault["hard"] and what != "read" else ""}{status}</td>'
            f'<td data-name="page">{escape(_subject(model, fault))}</td>'
            f'<td data-name="by"><code>{escape(module)}{"!" if module else ""}'
            f'<wbr>{escape(symbol)}</code> {escape(fault["access"])}</td>'
            f'<td data-name="process">{escape(process)} {fault["pid"]}</td>'
            f'<td class="n" data-name="fault">{fault["n"]:,}</td></tr>')
    head = ''.join(f'<th scope="col"{c}>{name}</th>' for name, c in (
        ('Cycles', ' class="n"'), ('What was done', ''), ('Page', ''), ('Touched by', ''),
        ('Process', ''), ('Fault', ' class="n"')))
    return f'<table id="costliest"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
