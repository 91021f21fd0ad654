"""tools/faultmap on traces written by hand: what is said of each page, names, errors, large traces."""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/lib'))
sys.dont_write_bytecode = True

from faultmap import model, palette, strips, symbols, trace  # noqa: E402

BASE = 0x10000000
IMAGE = {'event': 'image', 'time': 10, 'section': BASE, 'image': 'a.dll', 'base': BASE,
         'preferred_base': 0x400000, 'pages': 8, 'relocated': [[1, 1]], 'sections': [
             {'name': '.text', 'rva': 0x1000, 'size': 0x1800, 'file_bytes': 0x1800, 'access': 'r-x-'},
             {'name': '.data', 'rva': 0x3000, 'size': 0x5000, 'file_bytes': 0x1000,
              'access': 'rw--'}]}


def page_in(page, count=1, size=4096):
    return {'event': 'page_in', 'time': 20, 'section': BASE, 'image': 'a.dll', 'page': page,
            'pages': count, 'bytes': size, 'pid': 4}


def fault(n, page=None, pid=4, kind='image_page', hard=False, **more):
    result = {'n': n, 'time': 100 * n, 'kind': kind, 'address': 0x200000, 'eip': BASE + 0x1010,
              'access': 'read', 'mode': 'user', 'pid': pid, 'hard': hard, 'cycles': 1000 + n,
              'status': 0}
    if page is not None:
        result |= {'image': 'a.dll', 'page': page, 'section': BASE, 'address': BASE + 4096 * page}
    return result | more


# Page 0 untouched; 1 read; 2 came along; 3 shared; 4 read, then copied; 5 zeroed; 6 copied from
# nothing; 7 read by the linker. 3 is bound.
TRACE = [IMAGE, {'event': 'bound', 'section': BASE, 'bound': [[3, 1]]},
         {'event': 'process', 'time': 15, 'pid': 4, 'parent': 0, 'image': 'p.exe'},
         page_in(7), fault(1, 7, hard=True, address=0xC0000000, mode='kernel', eip=0x80100000),
         page_in(1, 2, 8192), fault(2, 1, hard=True),
         page_in(3), fault(3, 3, hard=True), fault(4, 3, pid=8),
         page_in(4), fault(5, 4, hard=True), fault(6, 4, kind='copy_on_write', access='write'),
         page_in(5, size=0), fault(7, 5),
         fault(8, 6, kind='copy_on_write', access='write'),
         fault(9, kind='demand_zero'), fault(10, kind='demand_zero', address=0x201000)]
STATES = ['untouched', 'read', 'ahead', 'shared', 'copied', 'zeroed', 'zeroed', 'read']


class FaultMap(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='faultline-test-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.trace, self.out = self.folder / 'trace', self.folder / 'out'

    def write(self, events, end='\n'):
        self.trace.write_text('\n'.join(map(json.dumps, events)) + end)
        return self.trace

    def load(self, events):
        loaded = model.Model()
        trace.read(self.write(events), loaded)
        return loaded

    def draw(self, *options):
        return subprocess.run([ROOT / 'tools/faultmap', self.trace, self.out, *options],
                              capture_output=True, text=True)

    def html(self, events, *options):
        self.write(events)
        done = self.draw(*options)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return self.out.read_text()

    def test_what_happened_to_each_page(self):
        image, = self.load(TRACE).images()
        self.assertEqual([image.state(page) for page in range(8)], STATES)
        self.assertEqual([page for page in range(8) if image.is_bound(page)], [3])

    def test_the_counts_of_the_legend(self):
        counts = strips.count_states(self.load(TRACE).images())
        self.assertEqual(counts, {'untouched': 1, 'read': 2, 'ahead': 1, 'shared': 1, 'copied': 1,
                                  'zeroed': 2, 'bound': 1, 'relocated': 1})

    def test_a_page_in_words(self):
        image, = self.load(TRACE).images()
        self.assertEqual(strips.describe(image, 0), 'page 0 · head r--- · 0x10000000: untouched')
        self.assertEqual(
            strips.describe(image, 1), 'page 1 · .text r-x- · 0x10001000: 4,096 bytes read, '
            'relocated, 1 fault, 1,002 cycles')
        self.assertIn('imports bound, shared by 2 processes', strips.describe(image, 3))
        self.assertIn('copied for process 4', strips.describe(image, 4))
        self.assertIn('read by the linker', strips.describe(image, 7))

    def test_own_memory_in_unbroken_runs(self):
        events = TRACE + [fault(11, kind='demand_zero', address=0x7FFD0000)]
        own, = self.load(events).others()
        self.assertEqual(own.sections, [(0, 2, '0x00200000', ''), (2, 1, '0x7ffd0000', '')])

    def test_the_page_says_it_all(self):
        text = self.html(TRACE)
        cells = re.findall(r'data-state="(\w+)"><use href="#[lc]-', text)
        self.assertEqual(cells[:16], STATES * 2)  # For wide and for narrow windows.
        self.assertEqual(text.count('<tr><td'), 10)
        self.assertEqual(re.findall(r'data-name="fault">(\d+)<', text)[:2], ['10', '9'])
        self.assertIn('a.dll!<wbr>.text+0x10', text)
        self.assertIn('kernel!<wbr>0x80100000', text)
        self.assertNotRegex(text, r'(src|href)="(?!#)')  # Nothing from elsewhere.
        self.assertNotIn('<!--', text)

    def test_text_from_a_trace_is_only_text(self):
        name = '<script>alert(1)</script>&".dll'
        events = [IMAGE | {'image': name}, fault(1, 1) | {'image': name},
                  {'event': 'process', 'pid': 4, 'image': name}]
        for text in (self.html(events), self.html(events, '--svg')):
            self.assertNotIn('<script>alert', text)
            self.assertIn('&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;.dll', text)

    def test_the_picture_alone(self):
        text = self.html(TRACE, '--svg')
        ElementTree.fromstring(text)
        self.assertEqual(re.findall(r'data-state="(\w+)"', text), STATES)
        slower = [event | ({'cycles': 5, 'time': 7} if 'n' in event else {}) for event in TRACE]
        self.assertEqual(self.html(slower, '--svg'), text)

    def test_errors_name_the_line(self):
        good = json.dumps(fault(1, 1))
        image = json.dumps(IMAGE)
        for lines, words in (
                ([good, '{"n":'], ':2: not JSON'),
                ([good, '', '[1]'], ':3: not a JSON object'),
                (['{"event":"stats"}'], ':1: neither a fault nor a known event'),
                (['{"event":["x"]}'], ':1: neither a fault nor a known event'),
                ([good, good.replace('"n": 1, ', '')], ':2: the field "n" is missing'),
                ([good.replace('image_page', 'odd')], ':1: the field "kind" is "odd"'),
                ([good.replace('"cycles": 1001', '"cycles": -1')], ':1: the field "cycles" is -1'),
                ([good.replace('"cycles": 1001', '"cycles": true')], ':1: the field "cycles" is true'),
                ([image.replace('[[1, 1]]', '[[7, 2]]')], ':1: the field "relocated" has [7, 2]'),
                ([image.replace('"pages": 8', '"pages": 99999999')], ':1: the field "pages"'),
                (['\udcff'], ':1: not JSON: not UTF-8')):
            self.trace.write_bytes(('\n'.join(lines) + '\n').encode(errors='surrogateescape'))
            self.out.write_text('as it was')
            done = self.draw()
            self.assertEqual(done.returncode, 1, words)
            self.assertIn(f'faultmap: {self.trace}{words}', done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertEqual(self.out.read_text(), 'as it was')

    def test_files_that_are_not_there(self):
        done = self.draw()
        self.assertEqual((done.returncode, done.stderr),
                         (1, f'faultmap: {self.trace}: No such file or directory\n'))
        self.trace.write_text('')
        self.assertIn('the trace is empty', self.draw().stderr)
        self.write(TRACE)
        self.assertIn('gone: No such file', self.draw('--images', str(self.folder / 'gone')).stderr)
        self.assertEqual(self.draw('--nonsense').returncode, 2)

    def test_a_run_that_was_cut_off_is_drawn_and_said(self):
        self.write(TRACE, end='\n{"n":11,"ti')
        done = self.draw()
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertIn('the run was cut off', self.out.read_text())

    def test_a_hundred_thousand_faults(self):
        pages = 20_000
        events = [IMAGE | {'pages': pages}]
        events += [fault(n, n * 7 % pages, pid=4 * (n % 50 + 1)) for n in range(1, 100_001)]
        before = os.times().children_user
        text = self.html(events)
        self.assertLess(os.times().children_user - before, 40)  # It takes three.
        self.assertLess(len(text), 8_000_000)
        for words in ('the 50 costliest of 100,000 faults', 'a square stands for 10 pages',
                      '43 other processes'):
            self.assertIn(words, text)

    def test_every_state_has_a_colour_a_letter_and_words(self):
        colours = [palette._LIGHT[state] for state in model.STATES]
        self.assertEqual(len(set(colours)), len(model.STATES))
        letters = [palette.LETTERS[state] for state in model.STATES]
        self.assertEqual(len(set(letters)), len(model.STATES))

    def test_letters_can_be_read(self):
        """WCAG's contrast of letter and ground is 4.5 or more, in both themes."""
        def light(colour):
            parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
            linear = [p / 12.92 if p <= .04045 else ((p + .055) / 1.055) ** 2.4 for p in parts]
            return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2]
        for theme in (palette._LIGHT, palette._DARK):
            for ground, ink in (('read', 'on'), ('shared', 'on'), ('copied', 'on'), ('other', 'on'),
                                ('zeroed', 'on-zeroed'), ('ahead', 'on-ahead'), ('panel', 'text'),
                                ('panel', 'dim'), ('page', 'dim')):
                high, low = sorted((light(theme[ground]), light(theme[ink])), reverse=True)
                self.assertGreaterEqual((high + .05) / (low + .05), 4.5, (ground, theme[ground]))


class Names(unittest.TestCase):
    def pe(self, symbol_table=True):
        """An image with one section at RVA 0x1000: function f at +0x10, export g at +0x20."""
        data = bytearray(0x800)
        data[:2], data[0x3C:0x40] = b'MZ', struct.pack('<I', 0x80)
        table = 0x600 if symbol_table else 0
        data[0x80:0x98] = struct.pack('<4sHHIIIHH', b'PE\0\0', 0x14C, 1, 0, table, 2, 0xE0, 0x2102)
        struct.pack_into('<H', data, 0x98, 0x10B)
        struct.pack_into('<II', data, 0x98 + 96, 0x1100, 0x80)
        struct.pack_into('<8sIIII', data, 0x178, b'.text', 0x400, 0x1000, 0x400, 0x200)
        struct.pack_into('<IIIIII', data, 0x310, 5, 2, 1, 0x1128, 0x1130, 0x1134)
        struct.pack_into('<II', data, 0x328, 0x1020, 0x1030)   # Functions: ordinals 5 and 6.
        struct.pack_into('<IH', data, 0x330, 0x1140, 0)
        data[0x340:0x342] = b'g\0'
        if symbol_table:
            # f with a long name, and a section's own entry, which is no name of code.
            struct.pack_into('<IIIhHBB', data, 0x600, 0, 4, 0x10, 1, 0x20, 2, 0)
            struct.pack_into('<8sIhHBB', data, 0x612, b'.text', 0, 1, 0, 3, 0)
            data[0x624:0x638] = struct.pack('<I', 20) + b'_long_name_of_f\0'
        return bytes(data)

    def read(self, data):
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            return symbols.read(file.name)

    def test_symbol_table_and_exports(self):
        names = self.read(self.pe())
        self.assertEqual([names.name(at) for at in (0x1000, 0x1010, 0x1015, 0x1020, 0x1031)],
                         [None, 'long_name_of_f', 'long_name_of_f+0x5', 'g', '#6+0x1'])
        self.assertEqual(self.read(self.pe(False)).name(0x1015), None)

    def test_broken_files_give_fewer_names(self):
        whole = self.pe()
        for size in range(0, len(whole), 5):
            self.read(whole[:size])
        for at in range(0x80, 0x340, 2):
            self.read(whole[:at] + b'\xff' + whole[at + 1:])
        self.assertEqual(len(self.read(b'\x7fELF' + b'\x01' * 60)), 0)

    def test_kernel_names(self):
        self.assertEqual(symbols._demangled('_ZN2fl6kernel12_GLOBAL__N_15PrintEPKcz'),
                         'fl::kernel::Print')
        self.assertEqual(symbols._demangled('_Z5Printv'), 'Print')
        self.assertEqual(symbols._demangled('CopySafely'), 'CopySafely')


if __name__ == '__main__':
    unittest.main()
