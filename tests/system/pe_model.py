"""An independent model of a mapped PE image, written from the format's description and not from pe/.

Model(file bytes) knows the image's pages. At(base, resolve) gives the bytes of the whole image at a
base: laid out, relocated, imports bound, all at once; the kernel does the same page by page.
"""
import struct

PAGE = 4096
_FIXUP_HIGH, _FIXUP_LOW, _FIXUP_HIGHLOW, _FIXUP_HIGHADJ = 1, 2, 3, 4
_EXPORTS, _IMPORTS, _FIXUPS = 0, 1, 5


def round_up(value, unit):
    return -(-value // unit) * unit


class Forwarder(str):
    """An export that is another DLL's."""


class Model:
    def __init__(self, data):
        self.data = data
        nt = struct.unpack_from('<I', data, 0x3C)[0]
        assert data[nt:nt + 4] == b'PE\0\0'
        sections, optional_size = struct.unpack_from('<H12xH', data, nt + 6)
        self._optional = nt + 24
        self.preferred_base = self._u32(self._optional + 28)
        self.size = round_up(self._u32(self._optional + 56), PAGE)
        self.header_bytes = self._u32(self._optional + 60)
        self.movable = struct.unpack_from('<H', data, self._optional + 70)[0] & 0x40 != 0
        self._directories = [struct.unpack_from('<II', data, self._optional + 96 + 8 * i)
                             for i in range(16)]
        # Of each page: bytes that come from the file, and its protection when nobody has written.
        self.file_bytes, self.protection = {}, {}
        self._laid_out = bytearray(self.size)
        self._place(0, self.header_bytes, 0, self.header_bytes, 0x02)
        for i in range(sections):
            header = self._optional + optional_size + 40 * i
            virtual_size, rva, raw_size, raw_offset = struct.unpack_from('<IIII', data, header + 8)
            flags = self._u32(header + 36)
            if not raw_offset:
                raw_size = 0
            self._place(rva, virtual_size or raw_size, raw_offset, raw_size, self._protection(flags))

    @staticmethod
    def _protection(flags):
        execute, read, write = (flags >> shift & 1 for shift in (29, 30, 31))
        if flags & 0x10000000 and write:
            return 0x40 if execute else 0x04
        if write:
            return 0x80 if execute else 0x08
        return (0x20 if read else 0x10) if execute else (0x02 if read else 0x01)

    def _place(self, rva, virtual_size, offset, raw_size, protection):
        pages = round_up(virtual_size, PAGE)
        size = min(raw_size, pages, len(self.data) - offset)
        self._laid_out[rva:rva + size] = self.data[offset:offset + size]
        for at in range(0, pages, PAGE):
            page = (rva + at) // PAGE
            self.file_bytes[page] = max(0, min(PAGE, size - at))
            self.protection[page] = protection

    def _u32(self, offset, data=None):
        return struct.unpack_from('<I', self.data if data is None else data, offset)[0]

    def _text(self, rva):
        return bytes(self._laid_out[rva:self._laid_out.index(0, rva)]).decode()

    def fixups(self):
        """(rva, type, parameter) of each, in the file's order."""
        at, size = self._directories[_FIXUPS]
        end = at + size
        while at + 8 <= end:
            page, block = struct.unpack_from('<II', self._laid_out, at)
            entries = struct.unpack_from(f'<{(block - 8) // 2}H', self._laid_out, at + 8)
            i = 0
            while i < len(entries):
                kind, rva = entries[i] >> 12, page + (entries[i] & 0xFFF)
                i += 1
                if kind == _FIXUP_HIGHADJ:
                    yield rva, kind, entries[i]
                    i += 1
                elif kind:
                    yield rva, kind, 0
            at += block

    def exports(self):
        """{name or ordinal: RVA or Forwarder}"""
        directory, size = self._directories[_EXPORTS]
        if not size:
            return {}
        first, functions, names, function_table, name_table, ordinal_table = struct.unpack_from(
            '<6I', self._laid_out, directory + 16)
        found = {}
        for i in range(functions):
            rva = self._u32(function_table + 4 * i, self._laid_out)
            inside = directory <= rva < directory + size
            if rva:
                found[first + i] = Forwarder(self._text(rva)) if inside else rva
        for i in range(names):
            index = struct.unpack_from('<H', self._laid_out, ordinal_table + 2 * i)[0]
            found[self._text(self._u32(name_table + 4 * i, self._laid_out))] = found[first + index]
        return found

    def imports(self):
        """(RVA of the slot, DLL in lower case, name or ordinal) of each."""
        at = self._directories[_IMPORTS][0]
        while at:
            names, _, _, dll, slots = struct.unpack_from('<5I', self._laid_out, at)
            if not dll or not slots:
                return
            at += 20
            i = 0
            while entry := self._u32((names or slots) + 4 * i, self._laid_out):
                symbol = entry & 0xFFFF if entry >> 31 else self._text(entry + 2)
                yield slots + 4 * i, self._text(dll).lower(), symbol
                i += 1

    def at(self, base, resolve):
        """The image's bytes at `base`; resolve(dll, name or ordinal) gives an import's address."""
        image = bytearray(self._laid_out)
        delta = base - self.preferred_base
        for rva, kind, parameter in self.fixups() if delta else ():
            if kind == _FIXUP_HIGHLOW:
                struct.pack_into('<I', image, rva, self._u32(rva, image) + delta & 0xFFFFFFFF)
                continue
            word = struct.unpack_from('<H', image, rva)[0]
            if kind == _FIXUP_HIGH:
                word += delta >> 16
            elif kind == _FIXUP_LOW:
                word += delta
            elif kind == _FIXUP_HIGHADJ:
                signed = parameter - 0x10000 if parameter & 0x8000 else parameter
                word = (word << 16) + signed + delta + 0x8000 >> 16
            else:
                raise ValueError(f'fix-up type {kind}')
            struct.pack_into('<H', image, rva, word & 0xFFFF)
        for slot, dll, symbol in self.imports():
            struct.pack_into('<I', image, slot, resolve(dll, symbol))
        struct.pack_into('<I', image, self._optional + 28, base)  # NT's loader does the same.
        return bytes(image)


class Space:
    """Images at their bases in one process: models and bases by name in lower case."""

    def __init__(self, models, bases, ntdll_exports):
        self._models, self._bases, self._ntdll = models, bases, ntdll_exports

    def resolve(self, dll, symbol):
        for _ in range(32):
            if dll == 'ntdll.dll':
                return self._ntdll[symbol]
            target = self._models[dll].exports()[symbol]
            if not isinstance(target, Forwarder):
                return self._bases[dll] + target
            dll, _, symbol = target.rpartition('.')
            dll = dll.lower() + '.dll'
            if symbol.startswith('#'):
                symbol = int(symbol[1:])
        raise ValueError('a cycle of forwarders')

    def image(self, name):
        return self._models[name].at(self._bases[name], self.resolve)
