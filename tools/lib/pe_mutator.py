"""Broken PE files, made from good ones by seed: fields of headers, directories, sections, relocations,
imports, exports, TLS and delay imports get wrong values; bits flip anywhere; files end early.

A mutation knows the format (Microsoft's "PE Format") only as far as it takes to find the fields; what it
writes there is drawn from values that sit on edges. The same seed and file give the same result.
"""
import struct

EDGES = (0, 1, 2, 3, 7, 0x1F, 0xFF, 0x200, 0xFFF, 0x1000, 0x1001, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
         0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFF0000, 0xFFFFF000, 0xFFFFFFFE, 0xFFFFFFFF)
EXPORT, IMPORT, RELOCATION, TLS, IAT, DELAY_IMPORT = 0, 1, 5, 9, 12, 13


class Image:
    """Where the fields of a good file are; `data` is what gets broken."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.pe = self.u32(0x3C)
        self.coff, self.optional = self.pe + 4, self.pe + 24
        self.sections = self.optional + self.u16(self.coff + 16)
        self.section_count = self.u16(self.coff + 2)
        self.directories = self.optional + 96
        self.directory_count = min(self.u32(self.optional + 92), 16)

    def u16(self, at):
        return struct.unpack_from('<H', self.data, at)[0]

    def u32(self, at):
        return struct.unpack_from('<I', self.data, at)[0]

    def offset(self, rva):
        """Where an RVA lies in the file; None if nowhere."""
        for i in range(self.section_count):
            at = self.sections + 40 * i
            size, start, raw_size, raw = struct.unpack_from('<IIII', self.data, at + 8)
            if start <= rva < start + min(max(size, 1), raw_size):
                return raw + rva - start
        return None

    def directory(self, index):
        """(file offset, size) of a directory, or None."""
        if index >= self.directory_count:
            return None
        rva, size = struct.unpack_from('<II', self.data, self.directories + 8 * index)
        at = self.offset(rva) if rva else None
        return None if at is None else (at, size)


def _headers(image):
    fields = [(0x3C, 4), *((image.coff + at, 2) for at in (0, 2, 16, 18))]
    fields += [(image.optional + at, 4) for at in range(4, 96, 4)]
    fields += [(image.optional + at, 2) for at in (0, 40, 42, 48, 50, 68, 70)]
    return fields


def _directory_table(image):
    return [(image.directories + 4 * i, 4) for i in range(2 * image.directory_count)]


def _section_table(image):
    return [(image.sections + 40 * s + at, 4) for s in range(image.section_count)
            for at in (8, 12, 16, 20, 36)]


def _relocations(image):
    found = image.directory(RELOCATION)
    if not found:
        return []
    at, end, fields = found[0], sum(found), []
    while at + 8 <= end:
        size = image.u32(at + 4)
        fields += [(at, 4), (at + 4, 4)]
        fields += [(entry, 2) for entry in range(at + 8, min(at + size, end) - 1, 2)]
        if size < 8:
            break
        at += size
    return fields


def _thunks(image, rva):
    at = image.offset(rva) if rva else None
    fields = []
    while at is not None and at + 4 <= len(image.data) and image.u32(at) and len(fields) < 200:
        fields.append((at, 4))
        by_name = image.offset(image.u32(at)) if image.u32(at) < 0x80000000 else None
        if by_name is not None:
            fields += [(by_name, 2), (by_name + 2, 1)]
        at += 4
    return fields


def _imports(image, index=IMPORT, size=20, tables=(0, 16)):
    found = image.directory(index)
    fields, at = [], found[0] if found else None
    while at is not None and at + size <= len(image.data) and any(image.data[at:at + size]):
        fields += [(at + field, 4) for field in range(0, size, 4)]
        for table in tables:
            fields += _thunks(image, image.u32(at + table))
        at += size
    return fields


def _delay_imports(image):
    return _imports(image, DELAY_IMPORT, 32, (12, 16))


def _exports(image):
    found = image.directory(EXPORT)
    if not found:
        return []
    fields = [(found[0] + at, 4) for at in range(0, 40, 4)]
    for table, count, size in ((28, 20, 4), (32, 24, 4), (36, 24, 2)):
        at = image.offset(image.u32(found[0] + table))
        if at is not None:
            fields += [(at + size * i, size) for i in range(min(image.u32(found[0] + count), 64))]
    return fields


def _tls(image):
    found = image.directory(TLS)
    fields = [(found[0] + at, 4) for at in range(0, 24, 4)] if found else []
    return fields


FIELDS = (_headers, _directory_table, _section_table, _relocations, _imports, _delay_imports, _exports,
          _tls)


def _edge(dice, image, at, size):
    old = int.from_bytes(image.data[at:at + size], 'little')
    choice = dice.randrange(6)
    if choice < 3:
        value = dice.choice(EDGES)
    elif choice == 3:
        value = old + dice.choice((-0x1000, -2, -1, 1, 2, 3, 0x10, 0x1000, 0x10000))
    elif choice == 4:
        value = old ^ 1 << dice.randrange(8 * size)
    else:
        value = dice.choice((len(image.data), image.u32(image.optional + 56),
                             image.u32(image.optional + 60), dice.getrandbits(8 * size)))
    return value & ((1 << 8 * size) - 1)


def _break_fields(dice, image):
    tables = [fields for fields in (table(image) for table in FIELDS) if fields]
    # The places are those of the good file; one mutation does not hide the next one's fields.
    wanted = [dice.choice(dice.choice(tables)) for _ in range(dice.choice((1, 1, 1, 2, 3, 6)))]
    for at, size in wanted:
        if at + size <= len(image.data):
            image.data[at:at + size] = _edge(dice, image, at, size).to_bytes(size, 'little')


def _flip_bits(dice, image):
    for _ in range(dice.choice((1, 4, 30))):
        image.data[dice.randrange(len(image.data))] ^= 1 << dice.randrange(8)


def _swap_pieces(dice, image):
    size = dice.choice((4, 16, 40, 512))
    a, b = (dice.randrange(len(image.data) - size) for _ in range(2))
    image.data[a:a + size] = image.data[b:b + size]


def _truncate(dice, image):
    del image.data[dice.randrange(len(image.data)):]


MUTATIONS = (_break_fields, ) * 12 + (_flip_bits, _flip_bits, _swap_pieces, _truncate)


def mutate(dice, data):
    image = Image(data)
    dice.choice(MUTATIONS)(dice, image)
    return bytes(image.data)
