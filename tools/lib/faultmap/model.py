"""What happened to each page: filled from a trace line by line, read by those who draw.

Memory is in proportion to the pages that were touched, plus a few numbers for each fault.
"""
import array
import heapq

PAGE = 4096
KERNEL_START = 0x80000000
COSTLIEST = 50

# What a fault did, for the time axis. The order is the order of the stacks and the legend.
READ, SHARED, COPIED, ZEROED, OTHER = 'read', 'shared', 'copied', 'zeroed', 'other'
CATEGORIES = (READ, SHARED, COPIED, ZEROED, OTHER)
# States of a page beside these: it came with a neighbour and nobody touched it; nothing happened.
AHEAD, UNTOUCHED = 'ahead', 'untouched'
STATES = (READ, SHARED, COPIED, ZEROED, AHEAD, UNTOUCHED)
_BY_KIND = {'demand_zero': ZEROED, 'copy_on_write': COPIED, 'shared_memory_page': SHARED}


def category(fault):
    if fault['kind'] in ('image_page', 'data_page'):
        return READ if fault['hard'] else SHARED
    return _BY_KIND.get(fault['kind'], OTHER)


class Page:
    """One page of a strip."""
    __slots__ = ('bytes', 'came', 'faults', 'cycles', 'users', 'sharers', 'by_linker')

    def __init__(self):
        self.bytes = self.faults = self.cycles = 0
        self.came = False       # Into the section's own frame.
        self.by_linker = False  # Touched through the kernel's own view.
        self.users = {}         # pid: READ (has the section's frame), COPIED or ZEROED at last
        self.sharers = set()    # All that ever had the section's frame.

    def state(self):
        uses = self.users.values()
        if COPIED in uses:
            return COPIED
        if len(self.sharers) > 1:
            return SHARED
        if self.came and not self.faults:
            return AHEAD
        if self.bytes or (READ in uses or self.by_linker) and not self.came:
            return READ
        return ZEROED if self.came or ZEROED in uses else UNTOUCHED


class Strip:
    """A thing with pages: an image, a file's view, shared memory, a process's own memory."""

    def __init__(self, kind, name, pages, base=None):
        self.kind, self.name, self.pages, self.base = kind, name, pages, base
        self.preferred_base, self.sections = base, []  # (first page, pages, name, access)
        self.relocated, self.bound, self.facts = set(), set(), {}
        self.faults = 0

    def page(self, index):
        if self.kind != 'image':
            self.pages = max(self.pages, index + 1)
        return self.facts.setdefault(index, Page())

    def pids(self):
        """Those who touched it, the busiest first."""
        counts = {}
        for fact in self.facts.values():
            for pid in fact.users:
                counts[pid] = counts.get(pid, 0) + 1
        return sorted(counts, key=lambda pid: (-counts[pid], pid))

    def state(self, index):
        fact = self.facts.get(index)
        return fact.state() if fact else UNTOUCHED

    def is_bound(self, index):
        return index in self.bound and self.state(index) != UNTOUCHED

    def section(self, index):
        for first, pages, name, access in self.sections:
            if first <= index < first + pages:
                return name, access
        return '', ''


class Model:
    def __init__(self):
        self.strips = {}     # (section id, name): Strip
        self.memory = {}     # pid: {virtual page: Page}
        self.processes = {}  # pid: name of its program
        self.counts = dict.fromkeys(CATEGORIES, 0)
        self.kinds = {}
        self.hard = self.cycles = self.bytes = 0
        self.is_cut_off = False
        # One entry for each fault.
        self.times, self.pids = array.array('Q'), array.array('L')
        self.categories = array.array('B')
        self._costliest = []
        self._by_id = {}

    # What trace.read calls.

    def cut_off(self):
        self.is_cut_off = True

    def image(self, event):
        strip = self._strip(event['section'], event['name'], 'image', event['pages'])
        strip.pages, strip.base = event['pages'], event['base']
        strip.preferred_base, strip.relocated = event['preferred_base'], event['relocated']
        strip.sections = [(0, 1, 'head', 'r---')] + [
            (s['rva'] // PAGE, max(1, -(-s['size'] // PAGE)), s['name'], s['access'])
            for s in event['sections']]

    def bound(self, event):
        strip = self._by_id.get(event['section'])
        if strip:
            strip.bound = {page for page in event['bound'] if page < strip.pages}

    def page_in(self, event):
        if event['pid'] == 0 and event['bytes'] == 0:
            return  # The kernel's own, before there are programs.
        self.bytes += event['bytes']
        strip = self._strip(event['section'], event['name'], 'other', 0)
        left = event['bytes']
        for index in range(event['page'], event['page'] + event['pages']):
            if strip.kind == 'image' and index >= strip.pages:
                break
            fact = strip.page(index)
            fact.came = True
            fact.bytes += min(left, PAGE)
            left -= min(left, PAGE)

    def process(self, event):
        self.processes[event['pid']] = event['name']

    def fault(self, fault):
        what = category(fault)
        self.counts[what] += 1
        self.kinds[fault['kind']] = self.kinds.get(fault['kind'], 0) + 1
        self.hard += fault['hard']
        self.cycles += fault['cycles']
        self.processes.setdefault(fault['pid'], '')
        self.times.append(fault['time'])
        self.pids.append(fault['pid'])
        self.categories.append(CATEGORIES.index(what))
        entry = (fault['cycles'], -fault['n'], len(self.times), fault)
        if len(self._costliest) < COSTLIEST:
            heapq.heappush(self._costliest, entry)
        else:
            heapq.heappushpop(self._costliest, entry)
        self._touch(fault, what)

    def _touch(self, fault, what):
        if 'image' in fault:
            kind = 'file' if fault['kind'] == 'data_page' else 'other'
            strip = self._strip(fault['section'], fault['image'], kind, 0)
            if strip.kind == 'image' and fault['page'] >= strip.pages:
                return
            fact = strip.page(fault['page'])
            strip.faults += 1
        elif what == ZEROED:
            fact = self.memory.setdefault(fault['pid'], {}).setdefault(
                fault['address'] // PAGE, Page())
        else:
            return
        fact.faults += 1
        fact.cycles += fault['cycles']
        if fault['address'] >= KERNEL_START:
            fact.by_linker = True
        elif what == COPIED:
            # A copy of a page that was never there is a page of zeros.
            fact.users[fault['pid']] = COPIED if fact.came else ZEROED
        elif what == ZEROED:
            fact.users[fault['pid']] = ZEROED
        else:
            fact.users.setdefault(fault['pid'], READ)
            fact.sharers.add(fault['pid'])

    def _strip(self, section, name, kind, pages):
        strip = self.strips.get((section, name))
        if not strip:
            strip = self.strips[section, name] = Strip(kind, name, pages)
        elif strip.kind == 'other' and kind != 'other':
            strip.kind = kind
        self._by_id[section] = strip
        return strip

    # What is drawn.

    @property
    def faults(self):
        return len(self.times)

    def has_times(self):
        return bool(self.times) and max(self.times) > min(self.times)

    def costliest(self):
        return [entry[3] for entry in sorted(self._costliest, reverse=True, key=lambda e: e[:2])]

    def images(self):
        """The strips of images, in the order in which they came."""
        return [strip for strip in self.strips.values() if strip.kind == 'image']

    def others(self):
        """Views of files and shared memory that were touched, then each process's own memory."""
        found = [strip for strip in self.strips.values() if strip.kind != 'image' and strip.facts]
        return found + [self._own_memory(pid) for pid in sorted(self.memory)]

    def _own_memory(self, pid):
        """The touched pages side by side, each unbroken run a section named by its address."""
        strip = Strip('own', f'own memory of process {pid}', 0)
        pages = self.memory[pid]
        for number in sorted(pages):
            last = strip.sections[-1] if strip.sections else None
            if last and int(last[2], 16) // PAGE + last[1] == number:
                strip.sections[-1] = (last[0], last[1] + 1, last[2], last[3])
            else:
                strip.sections.append((strip.pages, 1, f'0x{number * PAGE:08x}', ''))
            strip.facts[strip.pages] = pages[number]
            strip.pages += 1
        strip.faults = sum(fact.faults for fact in pages.values())
        return strip

    def image_at(self, address):
        for strip in self.images():
            if strip.base <= address < strip.base + strip.pages * PAGE:
                return strip
        return None
