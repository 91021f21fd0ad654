"""Small PE files for the tests of pe-deps: a header, and one section .data that holds everything."""
import struct

SECTION = 0x1000
HEADERS = 0x200


class Image:
    def __init__(self, machine=0x14C):
        self.data, self.machine, self.directories, self.sections = bytearray(), machine, {}, []

    def place(self, data):
        """RVA of the bytes, aligned to 4."""
        self.data += bytes(-len(self.data) % 4)
        rva = SECTION + len(self.data)
        self.data += data
        return rva

    def text(self, text):
        return self.place(text.encode() + b'\0')

    def imports(self, dlls):
        """dlls: {name: [symbols]}; a symbol that is a number is an ordinal."""
        self.directories[1] = self.place(b''.join(
            struct.pack('<5I', thunks, 0, 0, name, thunks)
            for name, thunks in self._dlls(dlls)) + bytes(20)), 20
        return self

    def delayed(self, dlls):
        self.directories[13] = self.place(b''.join(
            struct.pack('<8I', 1, name, 0, thunks, thunks, 0, 0, 0)
            for name, thunks in self._dlls(dlls)) + bytes(32)), 32
        return self

    def _dlls(self, dlls):
        for dll, symbols in dlls.items():
            thunks = [0x80000000 | s if isinstance(s, int) else self.place(b'\0\0' + s.encode() + b'\0')
                      for s in symbols]
            yield self.text(dll), self.place(struct.pack(f'<{len(thunks) + 1}I', *thunks, 0))

    def exports(self, symbols):
        """symbols: {name: forwarder, or None for code}; sorted by name."""
        names = sorted(symbols)
        start = self.place(bytes(40))
        functions = self.place(struct.pack(f'<{len(names)}I', *(
            self.text(symbols[name]) if symbols[name] else SECTION - 0x100 for name in names)))
        name_table = self.place(struct.pack(f'<{len(names)}I', *map(self.text, names)))
        ordinals = self.place(struct.pack(f'<{len(names)}H', *range(len(names))))
        struct.pack_into('<4xIHHIIIIIII', self.data, start - SECTION, 0, 0, 0, 0, 1, len(names),
                         len(names), functions, name_table, ordinals)
        self.directories[0] = start, SECTION + len(self.data) - start
        return self

    def section(self, name, data):
        self.sections.append((name, data))
        return self

    def build(self):
        sections = [(b'.data', bytes(self.data) or b'\0'), *self.sections]
        table, files, rva, offset = b'', b'', SECTION, HEADERS
        for name, data in sections:
            raw = data + bytes(-len(data) % 512)
            table += struct.pack('<8sIIII12xI', name, len(data), rva, len(raw), offset, 0x40000040)
            files, offset = files + raw, offset + len(raw)
            rva += -(-len(data) // 4096) * 4096
        directories = b''.join(struct.pack('<II', *self.directories.get(i, (0, 0))) for i in range(16))
        optional = struct.pack('<HBB9I6H4I2H6I', 0x10B, 2, 0, 0, 0, 0, 0, SECTION, SECTION, 0x400000,
                               4096, 512, 4, 0, 0, 0, 4, 0, 0, rva, HEADERS, 0, 3, 0,
                               0x100000, 0x1000, 0x100000, 0x1000, 0, 16) + directories
        start = b'MZ'.ljust(60, b'\0') + struct.pack('<I', 64) + b'PE\0\0' + struct.pack(
            '<HHIIIHH', self.machine, len(sections), 0, 0, 0, len(optional), 0x2102)
        return (start + optional + table).ljust(HEADERS, b'\0') + files


def api_sets(sets):
    """apisetschema.dll with a map; sets: {name: host, or None if there is none}."""
    map_bytes = bytearray(28 + 24 * len(sets) + 20 * len(sets))

    def text(string):
        place = len(map_bytes), 2 * len(string)
        map_bytes.extend(string.encode('utf-16-le'))
        return place

    for i, (name, host) in enumerate(sets.items()):
        hosts = 28 + 24 * len(sets) + 20 * i
        struct.pack_into('<6I', map_bytes, 28 + 24 * i, 0, *text(name), 2 * name.rindex('-'), hosts,
                         1 if host else 0)
        struct.pack_into('<5I', map_bytes, hosts, 0, 0, 0, *(text(host) if host else (0, 0)))
    struct.pack_into('<7I', map_bytes, 0, 6, len(map_bytes), 0, len(sets), 28, 0, 31)
    return Image().section(b'.apiset', bytes(map_bytes))
