"""Commands for gdb on a live kernel: what its own monitor answers (kernel/monitor_commands.cpp).

    gdb -x tools/gdb/faultline.py build/kernel/faultline.elf -ex 'target remote localhost:1234'

fl processes · fl threads · fl regions [PID | system] · fl sections · fl frames · fl pte ADDRESS [PID]

Everything is found by the names of the kernel's own types and members (DWARF), and page tables by what
CR4 says of their format. Nothing is called in the kernel, and nothing changed: the commands work wherever
it stands, but say what they find: in the middle of a list's change that may be little.
"""
import gdb

PAGE = 4096
DIRECT_MAP, DIRECT_MAP_SIZE = 0x80000000, 0x40000000
MOST = 65536  # Of anything: memory may hold a ring where a list should be.


def kernel():
    pointer = gdb.parse_and_eval("'fl::kernel::the_kernel'")
    try:
        started = int(pointer) != 0
    except gdb.MemoryError:  # Before paging is on.
        started = False
    if not started:
        raise gdb.GdbError('the kernel has not started yet')
    return pointer.dereference()


def elements(items):
    """An IntrusiveList's objects."""
    kind = items.type.strip_typedefs().template_argument(0).pointer()
    head = items['head_'].address
    node = items['head_']['next_']
    for _ in range(MOST):
        if int(node) == int(head) or int(node) == 0:
            return
        yield node.cast(kind).dereference()
        node = node['next_']


def vector(items):
    for index in range(min(int(items['size_']), MOST)):
        yield items['data_'][index]


def pointee(reference):
    """A RefPtr's object as what it really is, or None."""
    pointer = next(reference[field] for field in reference.type.strip_typedefs().fields()
                   if reference[field].type.code == gdb.TYPE_CODE_PTR)
    if int(pointer) == 0:
        return None
    return pointer.cast(pointer.dynamic_type).dereference()


def word(enumerator):
    """fl::mm::RegionState::kCommitted is committed."""
    return str(enumerator).rsplit('::', 1)[-1].removeprefix('k').lower()


def address(page):
    return int(page['value']) * PAGE


def file_name(file):
    if file is None:
        return '(memory)'
    try:
        name = file['name_']
        return bytes(int(byte) & 255 for byte in vector(name['bytes_'])).decode(errors='replace')
    except gdb.error:
        return '(a file)'


def processes():
    return elements(kernel()['processes'])


def threads():
    """Those of the scheduler, each once: the one that runs, those that are ready, those that sleep."""
    scheduler = kernel()['scheduler']
    if int(scheduler['current_']):
        yield scheduler['current_'].dereference()
    for lists in (scheduler['ready_'], scheduler['asleep_']):
        low, high = lists.type.range()
        for index in range(low, high + 1):
            yield from elements(lists[index])


def program(process):
    for image in vector(process['images_']):
        return file_name(pointee(pointee(image['section'])['file_']))
    return '(no image)'


def find_process(text):
    wanted = int(text, 0)
    for process in processes():
        if int(process['id_']) == wanted:
            return process
    raise gdb.GdbError(f'there is no process {wanted}')


def current_process():
    current = kernel()['scheduler']['current_']
    process = pointee(current['process_']) if int(current) else None
    if process is None:
        raise gdb.GdbError('no process runs: name one, or "system"')
    return process


def space_of(process):
    if int(process['space_']) == 0:
        raise gdb.GdbError(f'process {int(process["id_"])} has given its memory back')
    return process['space_'].dereference()


def regions_of(space):
    """The tree's nodes in order."""
    stack, node, count = [], space['tree_']['nodes_']['root_'], 0
    while (stack or int(node)) and count < MOST and len(stack) < 64:
        while int(node) and len(stack) < 64:
            stack.append(node)
            node = node['child'][0]
        node = stack.pop()
        yield node.dereference()
        node, count = node['child'][1], count + 1


def region_line(region):
    has = region['attributes']
    start, end = address(region['start']), address(region['end'])
    name = ''
    if int(has['section']):
        name = file_name(pointee(has['section'].dereference()['file_']))
    return (f'{start:08x} {(end - start) // PAGE:7} {word(has["state"]):9} {word(has["type"]):7} '
            f'{int(has["protection"]["bits"]):03x} {address(has["allocation_base"]):08x} {name}')


class Fl(gdb.Command):
    """The state of the Faultline kernel: fl processes, threads, regions, sections, frames, pte."""

    def __init__(self):
        super().__init__('fl', gdb.COMMAND_DATA, prefix=True)


class _Sub(gdb.Command):
    def __init__(self):
        super().__init__('fl ' + type(self).__name__.lower(), gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        del from_tty
        # All of it or the reason why not.
        print('\n'.join(list(self.lines(gdb.string_to_argv(argument)))))


class Processes(_Sub):
    """fl processes: all processes."""

    def lines(self, _):
        yield '  pid parent handles private commit name'
        for process in processes():
            private = commit = 0
            if int(process['space_']):
                space = process['space_'].dereference()
                private, commit = int(space['private_pages_']), int(space['charged_pages_'])
            ending = ' (ending)' if bool(process['terminating_']) else ''
            handles = int(process['handles_']['open_count_'])
            yield (f'{int(process["id_"]):5} {int(process["parent_id_"]):6} {handles:7} '
                   f'{private:7} {commit:6} {program(process)}{ending}')


class Threads(_Sub):
    """fl threads: all threads that run, are ready or sleep."""

    def lines(self, _):
        yield '  tid   pid state   priority channel'
        for thread in threads():
            process = pointee(thread['process_'])
            pid = int(process['id_']) if process is not None else 0
            yield (f'{int(thread["id_"]):5} {pid:5} {word(thread["state"]):7} '
                   f'{int(thread["priority"]):8} {int(thread["channel"]):08x}')


class Regions(_Sub):
    """fl regions [PID | system]: the regions of an address space; without a word, of the process that runs."""

    def lines(self, words):
        if words and words[0] == 'system':
            space = kernel()['system_space']
        else:
            space = space_of(find_process(words[0]) if words else current_process())
        yield 'start      pages state     type    prot allocation'
        count = 0
        for region in regions_of(space):
            count += 1
            yield region_line(region)
        yield (f'{count} regions, {int(space["private_pages_"])} private pages, '
               f'{int(space["charged_pages_"])} committed')


class Sections(_Sub):
    """fl sections: images and files in memory."""

    def lines(self, _):
        yield 'kind   base      pages resident views copies name'
        for kind, cache in (('image', 'images'), ('file', 'files')):
            for section in elements(kernel()[cache]['sections_']):
                now = section['counters_']
                base = int(section['base_']['value']) if kind == 'image' else 0
                yield (f'{kind:6} {base:08x} {int(section["prototypes_"]["pages_"]):6} '
                       f'{int(now["resident"]):8} {int(now["views"]):5} '
                       f'{int(now["private_pages"]):6} {file_name(pointee(section["file_"]))}')


class Frames(_Sub):
    """fl frames: physical pages by use, and what is promised."""

    def lines(self, _):
        frames = kernel()['memory'].referenced_value()['frames']
        counts = frames['counts_']
        use = gdb.lookup_type('fl::mm::FrameUse')
        total = 0
        for field in use.fields():
            count = int(counts[field.enumval])
            total += count
            yield f'{word(field.name):10} {count:8}'
        yield f'{"all":10} {total:8}'
        commit = frames['commit_']
        yield f'committed {int(commit["charged_"])} of {int(commit["limit_"])} pages'


class Pte(_Sub):
    """fl pte ADDRESS [PID]: the way of an address through the page tables (two levels, or PAE's three)."""

    def lines(self, words):
        if not words:
            raise gdb.GdbError('fl pte ADDRESS [PID]')
        try:
            linear = int(words[0], 16)  # As the monitor takes it; else it is an expression.
        except ValueError:
            linear = int(gdb.parse_and_eval(words[0]))
        linear &= 0xFFFFFFFF
        root = int(gdb.parse_and_eval('$cr3')) & 0xFFFFFFFF
        if len(words) > 1:
            table = find_process(words[1])['page_table_']
            if int(table) == 0:
                raise gdb.GdbError('that process has given its page table back')
            root = int(table['root_'])
        wide = bool(int(gdb.parse_and_eval('$cr4')) & 1 << 5)
        yield f'{"PAE" if wide else "32-bit"} tables, root {root:08x}'
        yield from self._walk(linear, root, wide)

    @staticmethod
    def _walk(linear, root, wide):
        # Intel SDM vol. 3A, 4.3 and 4.4: (name, lowest bit of the index, its bits).
        levels = ((('pdpte', 30, 2), ('pde', 21, 9), ('pte', 12, 9)) if wide
                  else (('pde', 22, 10), ('pte', 12, 10)))
        size, table = (8, root & ~31) if wide else (4, root & ~(PAGE - 1))
        for name, shift, bits in levels:
            place = table + size * (linear >> shift & (1 << bits) - 1)
            if place >= DIRECT_MAP_SIZE:
                raise gdb.GdbError(f'the {name} at {place:x} lies beyond the direct map')
            raw = gdb.selected_inferior().read_memory(DIRECT_MAP + place, size)
            entry = int.from_bytes(bytes(raw), 'little')
            large = name == 'pde' and entry & 1 << 7
            yield f'{name} {entry:0{2 * size}x} {Pte._rights(entry, wide and name != "pdpte")}'
            # An entry that permits nothing may hold a frame: the kernel's own bit says so.
            if not entry & 1 and not (name == 'pte' and entry & 1 << 9):
                yield 'no frame'
                return
            table = entry & (((1 << 52) - 1) & ~(PAGE - 1))
            if large:
                table &= ~((1 << shift) - 1)
                table |= linear & ((1 << shift) - 1) & ~(PAGE - 1)
                break
        yield f'frame {table // PAGE:05x}, physical {table | linear & PAGE - 1:08x}'

    @staticmethod
    def _rights(entry, may_forbid_execution):
        if not entry & 1:
            return 'not present'
        rights = ['writable' if entry & 2 else 'read-only', 'user' if entry & 4 else 'kernel']
        if may_forbid_execution and entry >> 63:
            rights.append('no-execute')
        rights += [name for bit, name in ((5, 'accessed'), (6, 'dirty'), (8, 'global'))
                   if entry >> bit & 1]
        return ' '.join(rights)


Fl()
for command in (Processes, Threads, Regions, Sections, Frames, Pte):
    command()
