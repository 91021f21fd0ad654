"""The parts of tools/bench that need no machine: its table, its samples, how Linux's kernel and its
initial RAM disk are put together."""
import lzma
import pathlib
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools/lib'))
sys.dont_write_bytecode = True

import bench_rows  # noqa: E402
import bench_run  # noqa: E402
import guest_bench  # noqa: E402
import linux_peer  # noqa: E402


class Table(unittest.TestCase):
    @staticmethod
    def figures(**medians):
        return {name: {'median': value, 'samples': 1} for name, value in medians.items()}

    def lines(self, ours, linux):
        rows = [row for row in bench_rows.ROWS if row.name in {*ours, *linux}]
        return {line['name']: line for line in guest_bench.results(rows, ours, linux)}

    def test_ratio_and_aim(self):
        lines = self.lines(self.figures(null_call=100, regions_10=1000, regions_1000=1151),
                           self.figures(null_call=400, regions_10=900))
        self.assertEqual((lines['null_call']['ratio'], lines['null_call']['aim_met']), (4, True))
        self.assertEqual((lines['regions_10']['ratio'], lines['regions_10']['aim_met']), (0.9, None))
        # Its aim is a share of another row's figure.
        self.assertEqual((lines['regions_1000']['ratio'], lines['regions_1000']['aim_met']), (None, False))

    def test_an_aim_that_is_linux(self):
        lines = self.lines(self.figures(file_mapped_reads=120), self.figures(file_mapped_reads=128))
        self.assertTrue(lines['file_mapped_reads']['aim_met'])
        self.assertIsNone(self.lines(self.figures(file_mapped_reads=1), {})['file_mapped_reads']['aim'])

    def test_summary_names_what_is_behind(self):
        lines = self.lines(self.figures(null_call=100, split_merge=9),
                           self.figures(null_call=99, split_merge=10))
        self.assertEqual(list(guest_bench.summary(lines.values())),
                         ['2 of 2 rows are at their aim.', '1 of 2 rows are behind Linux: null_call.'])
        shown = list(guest_bench.table(lines.values()))
        self.assertRegex(shown[1], r'^null system call +100 +99 +0\.99 +150 +yes$')

    def test_rows_of_one_boot_agree(self):
        names = [row.name for row in bench_rows.ROWS]
        self.assertEqual(len(names), len(set(names)))
        strict = {}
        for row in bench_rows.ROWS:
            self.assertEqual(strict.setdefault(row.boot, row.strict), row.strict, row.name)


class Samples(unittest.TestCase):
    def test_marks_go_to_rows_in_turn(self):
        counted = [['boot', '7'], ['sample', '1'], ['sample', '2'], ['sample', '3']]
        by_row = bench_run.read_samples('row a counted 1\nrow t cycles 9 8\nrow b counted 2\n'
                                        'row b disk 5 16 6 24\n', counted)
        self.assertEqual(by_row, {
            'boot': {'count': [7]}, 'a': {'count': [1]}, 't': {'count': [9, 8]},
            'b': {'count': [2, 3], 'reads': [5, 6], 'bytes': [16 * 512, 24 * 512]}})

    def test_lost_marks_and_other_text_are_errors(self):
        with self.assertRaises(bench_run.RunError):
            bench_run.read_samples('row a counted 2\n', [['sample', '1']])
        with self.assertRaises(bench_run.RunError):
            bench_run.read_samples('NtClose 0xc0000008\n', [])

    def test_summary(self):
        self.assertEqual(bench_run.summary_of([5]), {
            'median': 5, 'lower_quarter': 5, 'upper_quarter': 5, 'least': 5, 'most': 5, 'samples': 1})
        summary = bench_run.summary_of([1, 2, 3, 4, 100])
        self.assertEqual((summary['median'], summary['lower_quarter'], summary['upper_quarter'],
                          summary['most']), (3, 2, 4, 100))


class Linux(unittest.TestCase):
    def test_kernel_is_unpacked_to_where_it_is_linked(self):
        code, data = b'\xf4' * 100, b'\x11' * 50
        elf = bytearray(struct.pack('<16sHHIIIIIHHHHHH', b'\x7fELF', 2, 3, 1, 0x1000000, 52, 0, 0, 52, 32,
                                    3, 0, 0, 0))
        for kind, offset, address, content in ((1, 0x100, 0x1000000, code), (1, 0x200, 0x1001000, data),
                                               (4, 0x300, 0x1002000, b'\x22')):
            elf += struct.pack('<8I', kind, offset, 0xC0000000 | address, address, len(content),
                               len(content), 5, 4096)
        elf = bytes(elf).ljust(0x100, b'\0') + code.ljust(0x100, b'\0') + data.ljust(0x200, b'\0')
        packed = lzma.compress(elf)
        set_up = bytearray(b'\x99' * 1024)
        set_up[0x1F1] = 1
        struct.pack_into('<II', set_up, 0x248, 32, len(packed))
        # Behind the compressed kernel stands its size, and more.
        unpacked = linux_peer.uncompressed(bytes(set_up) + b'\0' * 32 + packed + b'more')

        paragraphs, = struct.unpack_from('<I', unpacked, 0x1F4)
        self.assertEqual(len(unpacked), 1024 + 16 * paragraphs)
        self.assertEqual(unpacked[0x1F8:1024], set_up[0x1F8:])
        memory = unpacked[1024:]
        self.assertEqual(memory[:7], b'\xb8' + struct.pack('<I', 0x1000000) + b'\xff\xe0')
        self.assertEqual(memory[0xF00000:0xF00000 + 100], code)
        self.assertEqual(memory[0xF01000:0xF01000 + 50], data)
        self.assertNotIn(b'\x22', memory)

    def test_archive(self):
        archive = linux_peer.cpio([('dev', 0o040755, b''), ('init', 0o100755, b'12345')])
        at, names = 0, []
        while True:
            self.assertEqual((at % 4, archive[at:at + 6]), (0, b'070701'))
            fields = [int(archive[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
            size, name_size = fields[6], fields[11]
            name = archive[at + 110:at + 110 + name_size - 1].decode()
            at = -(-(at + 110 + name_size) // 4) * 4
            content = archive[at:at + size]
            at = -(-(at + size) // 4) * 4
            if name == 'TRAILER!!!':
                break
            names.append((name, fields[1], content))
        self.assertEqual(names, [('dev', 0o040755, b''), ('init', 0o100755, b'12345')])
        self.assertEqual(at, len(archive))

    def test_modules_come_after_what_they_depend_on(self):
        modules = {'ata_piix': b'libata,scsi-mod', 'libata': b'scsi_mod', 'scsi_mod': b'', 'sd_mod': b'',
                   'unused': b''}
        with tempfile.TemporaryDirectory() as folder:
            kernel = pathlib.Path(folder) / 'lib/modules/6/kernel'
            kernel.mkdir(parents=True)
            for name, depends in modules.items():
                (kernel / f'{name}.ko').write_bytes(b'\0depends=' + depends + b'\0')
            order = [file.stem for file in linux_peer.modules(pathlib.Path(folder))]
        self.assertEqual(order, ['scsi_mod', 'libata', 'ata_piix', 'sd_mod'])


if __name__ == '__main__':
    unittest.main()
