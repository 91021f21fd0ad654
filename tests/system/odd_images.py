"""DLLs that no linker makes, for images_test: one export, "Mark", that points to MARK in the last section."""
import struct

MARK = 0x4B52414D
BASE = 0x10000000


def build(sections=1, alignment=0x1000, size_of_image=0, overlay=0, empty=0, flags=0x40000040):
    """A DLL of `sections` sections with data, then `empty` ones of no size, then `overlay` bytes."""
    flat = alignment < 0x1000
    file_alignment = alignment if flat else 0x200
    count = sections + empty

    def up(value, to):
        return (value + to - 1) // to * to

    headers = up(0x80 + 24 + 224 + 40 * count, file_alignment)
    rva, offset, table, body = up(headers, alignment), headers, b'', b''
    for i in range(sections):
        data = struct.pack('<I', 0x1000 + i)
        if i == sections - 1:
            exports = rva + 16
            # Directory, address, name pointer, ordinal, the DLL's name, the symbol's.
            data = struct.pack('<I12x', MARK) + struct.pack(
                '<IIHHIIIIIII', 0, 0, 0, 0, exports + 50, 1, 1, 1, exports + 40, exports + 44,
                exports + 48) + struct.pack('<IIH', rva, exports + 58, 0) + b'odd.dll\0Mark\0'
        raw = data.ljust(up(len(data), file_alignment), b'\0')
        name = f's{i}'.encode()
        at = rva if flat else offset
        table += struct.pack('<8sIIIIIIHHI', name, len(data), rva, len(raw), at, 0, 0, 0, 0, flags)
        body = body.ljust(at - headers, b'\0') + raw
        offset = at + len(raw)
        rva = up(rva + len(data), alignment)
    for i in range(empty):
        table += struct.pack('<8sIIIIIIHHI', b'empty', 0, rva, 0, 0, 0, 0, 0, 0, flags)
    optional = struct.pack('<HBBIIIIIIIII', 0x10B, 2, 0, 0, 0, 0, 0, 0, 0, BASE, alignment,
                           file_alignment)
    optional += struct.pack('<HHHHHHIIIIHHIIIIII', 4, 0, 0, 0, 4, 0, 0, rva + size_of_image, headers, 0,
                            3, 0x100, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    optional += struct.pack('<II', exports, 90) + bytes(8 * 15)
    file = b'MZ'.ljust(0x3C, b'\0') + struct.pack('<I', 0x80)
    file = file.ljust(0x80, b'\0') + b'PE\0\0'
    file += struct.pack('<HHIIIHH', 0x14C, count, 0, 0, 0, len(optional), 0x2103)
    file = (file + optional + table).ljust(headers, b'\0') + body
    return file + b'\xEE' * overlay
