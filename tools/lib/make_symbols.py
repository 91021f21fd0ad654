"""The kernel's table of function names, for its backtraces (kernel/symbols.h).

usage: make_symbols.py KERNEL.elf TABLE    writes the table of that kernel
       make_symbols.py --empty TABLE       writes a table without entries, for the first link
       make_symbols.py --verify KERNEL.elf fails if the table inside is not that of its own image

The layout is described in kernel/symbols.cpp. NM, OBJCOPY and CXXFILT name other tools to use.
"""
import os
import re
import struct
import subprocess
import sys
import tempfile

# Characters that would be taken for brackets; put back at the end.
_OPERATORS = ['operator()', 'operator<=>', 'operator<<=', 'operator>>=', 'operator<<', 'operator>>',
              'operator<=', 'operator>=', 'operator->*', 'operator->', 'operator<', 'operator>']


def _without(text, opening, closing):
    """`text` without what stands in balanced brackets, and without the brackets."""
    kept, depth = [], 0
    for character in text:
        if character == opening:
            depth += 1
        elif character == closing and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return ''.join(kept)


def short_name(name):
    """A demangled name without parameters, template arguments, return type and qualifiers."""
    name = re.sub(r' \[clone [^]]*\]', '', name)
    name = re.sub(r'\[abi:[^]]*\]', '', name)
    name = name.replace('(anonymous namespace)::', '')
    # A conversion operator's "name" is a type: it may hold spaces and brackets.
    conversion = re.search(r'operator [a-z]', name)
    for index, operator in enumerate(_OPERATORS):
        name = name.replace(operator, f'operator\x01{index:c}\x02')
    name = _without(_without(name, '(', ')'), '<', '>')
    name = re.sub(r'( const| volatile| noexcept| &&?)+$', '', name)
    if not conversion and ' to ' not in name:
        name = name.split(' ')[-1]
    return re.sub('operator\x01(.)\x02', lambda match: _OPERATORS[ord(match[1])], name, flags=re.S)


def _run(tool, *arguments, text=None):
    command = [os.environ.get(tool.upper(), tool), *arguments]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def functions(elf):
    """Sorted [(address, short name)] and the end of the last function."""
    symbols = {}
    end = 0
    for line in _run('nm', '--defined-only', '--numeric-sort', '-S', elf).splitlines():
        match = re.fullmatch(r'([0-9a-f]+)(?: ([0-9a-f]+))? [tTwW] (\S+)', line)
        if not match:
            continue
        address, size, name = int(match[1], 16), int(match[2] or '1', 16), match[3]
        end = max(end, address + size)
        if '.' in name and not name.startswith('_Z'):
            continue  # A label inside a function of an assembly file.
        # Of several names for one function, a sized one (a C++ function) before a bare label.
        if address not in symbols or (match[2] and not symbols[address][1]):
            symbols[address] = (name, bool(match[2]))
    addresses = sorted(symbols)
    names = _run('c++filt', text='\n'.join(symbols[a][0] for a in addresses)).splitlines()
    return [(a, short_name(n)) for a, n in zip(addresses, names, strict=True)], end


def table(entries, end):
    start = 8 + 8 * len(entries)
    offsets, blob = {}, b''
    records = []
    for address, name in entries:
        if name not in offsets:
            offsets[name] = start + len(blob)
            blob += name.encode() + b'\0'
        records.append(struct.pack('<II', address, offsets[name]))
    blob += b'\0' * (-len(blob) % 4)
    return struct.pack('<II', len(entries), end) + b''.join(records) + blob


def embedded_table(elf):
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'table')
        _run('objcopy', '-O', 'binary', '--only-section=.symbols', elf, path)
        with open(path, 'rb') as file:
            return file.read()


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    if arguments[0] == '--verify':
        expected = table(*functions(arguments[1]))
        if embedded_table(arguments[1])[:len(expected)] != expected:
            sys.exit(f'{arguments[1]}: .symbols does not describe this image: functions moved '
                     'between the two links, or the linker script has no .symbols section')
        return
    content = table([], 0) if arguments[0] == '--empty' else table(*functions(arguments[0]))
    with open(arguments[1], 'wb') as file:
        file.write(content)


if __name__ == '__main__':
    main(sys.argv[1:])
