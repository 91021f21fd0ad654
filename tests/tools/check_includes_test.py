"""tools/check_includes on small trees: what it must find and what it must leave alone."""
import pathlib
import subprocess
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / 'tools/check_includes'
FILES = {
    'kernel/base/units.h': '', 'fs/file.h': '', 'fs/block_device.h': '', 'fs/fat/volume.h': '',
    'pe/layout.h': '', 'mm/mmu.h': '', 'mm/section.h': '', 'drivers/port_io.h': '',
    'drivers/ata.h': '', 'kernel/x86/cpu.h': '', 'kernel/process.h': '', 'tests/fakes/fake.h': '',
}


def violations(path, *lines):
    """What is said about one file with these lines after its comment, as (line, message)."""
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory)
        for name, text in {**FILES, path: '\n'.join(lines)}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text('// A file.\n' + text)
        done = subprocess.run([CHECK, root], stdout=subprocess.PIPE, text=True)
    found = [line.split(':', 2) for line in done.stdout.splitlines()]
    assert all(entry[0] == path for entry in found), done.stdout
    assert done.returncode == (1 if found else 0)
    return [(int(line), message) for _, line, message in found]


class CheckIncludes(unittest.TestCase):
    def test_rooms_include_what_lies_below_them(self):
        for path, included in [
                ('mm/a.cpp', 'fs/file.h'), ('mm/a.cpp', 'pe/layout.h'), ('mm/a.cpp', 'mm/section.h'),
                ('drivers/a.cpp', 'fs/block_device.h'), ('kernel/x86/a.cpp', 'mm/mmu.h'),
                ('kernel/x86/a.cpp', 'drivers/port_io.h'), ('kernel/a.cpp', 'fs/fat/volume.h'),
                ('kernel/syscall/a.cpp', 'kernel/process.h'), ('boot/a.cpp', 'kernel/base/units.h'),
                ('tests/mm/a.cpp', 'tests/fakes/fake.h'), ('kernel/a.cpp', 'kernel/x86/cpu.h')]:
            self.assertEqual(violations(path, f'#include "{included}"'), [], (path, included))

    def test_no_room_includes_upwards(self):
        for path, included in [
                ('kernel/base/a.cpp', 'mm/mmu.h'), ('kernel/base/a.cpp', 'kernel/process.h'),
                ('pe/a.cpp', 'mm/mmu.h'), ('pe/a.cpp', 'fs/file.h'), ('fs/a.cpp', 'drivers/ata.h'),
                ('mm/a.cpp', 'fs/fat/volume.h'), ('mm/a.cpp', 'kernel/x86/cpu.h'),
                ('mm/a.cpp', 'kernel/process.h'), ('drivers/a.cpp', 'mm/mmu.h'),
                ('drivers/a.cpp', 'fs/file.h'), ('kernel/x86/a.cpp', 'mm/section.h'),
                ('kernel/x86/a.cpp', 'kernel/process.h'), ('kernel/x86/a.cpp', 'drivers/ata.h'),
                ('boot/a.cpp', 'mm/mmu.h'), ('kernel/a.cpp', 'tests/fakes/fake.h')]:
            found = violations(path, '', f'#include "{included}"')
            self.assertEqual([line for line, _ in found], [3], (path, included))

    def test_includes_are_rooted_and_freestanding(self):
        self.assertEqual(len(violations('mm/a.cpp', '#include "section.h"')), 1)
        self.assertEqual(len(violations('mm/a.cpp', '#include <vector>')), 1)
        self.assertEqual(violations('mm/a.cpp', '#include <span>'), [])
        self.assertEqual(violations('tests/mm/a.cpp', '#include <vector>'), [])
        self.assertEqual(violations('mm/a.cpp', '// #include <vector>', '/*', '#include <map>', '*/'), [])

    def test_the_machine_stays_outside(self):
        self.assertEqual(len(violations('mm/a.cpp', 'void f() { asm("hlt"); }')), 1)
        self.assertEqual(len(violations('kernel/a.cpp', 'void f() { __asm__("hlt"); }')), 1)
        self.assertEqual(violations('kernel/x86/a.cpp', 'void f() { asm("hlt"); }'), [])
        self.assertEqual(violations('mm/a.cpp', 'const char* a = "asm";  // asm, outb'), [])
        self.assertEqual(len(violations('fs/a.cpp', 'void f() { outb(0x80, 0); }')), 1)
        self.assertEqual(len(violations('mm/a.cpp', '#ifdef NDEBUG', '#endif')), 1)
        self.assertEqual(violations('kernel/a.cpp', '#ifdef NDEBUG', '#endif'), [])
        self.assertEqual(violations('mm/a.h', '#ifndef MM_A_H', '#define MM_A_H', '#endif'), [])
        self.assertEqual(len(violations('mm/a.h', 'int x;', '#ifndef A', '#define A', '#endif')), 1)

    def test_files_are_short(self):
        self.assertEqual(violations('mm/a.cpp', *['int x;'] * 499), [])
        self.assertEqual(len(violations('mm/a.cpp', *['int x;'] * 500)), 1)


if __name__ == '__main__':
    unittest.main()
