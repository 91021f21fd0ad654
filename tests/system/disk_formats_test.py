"""FAT12, FAT16 and FAT32, with and without a partition table; and volumes that make no sense."""
import random
import struct
import subprocess
import unittest

import support

MIB = 1 << 20
SECTOR = 512
LONG_NAME = 'A file with a long name.data'
PROGRAMS = ('readfile.exe', 'threedll.exe', 'alpha.dll', 'beta.dll', 'gamma.dll')


class DiskFormats(support.SystemTest):
    def setUp(self):
        super().setUp()
        self.image = self.folder / 'disk.img'
        self.data = random.Random(5).randbytes(200_003)
        (self.folder / 'data').write_bytes(self.data)
        self.layout = {(name,): str(support.BIN / name) for name in PROGRAMS}
        self.layout['folder', LONG_NAME] = str(self.folder / 'data')

    def format(self, bits, size, *options):
        self.image.touch()
        with open(self.image, 'r+b') as file:
            file.truncate(size)
        subprocess.run(['/usr/sbin/mkfs.fat', '-F', str(bits), *options, str(self.image)], check=True,
                       stdout=subprocess.DEVNULL)
        support.guest_disk._fill(str(self.image), self.layout)

    def partition(self, kind, start):
        volume = self.image.read_bytes()
        table = bytearray(start * SECTOR)
        struct.pack_into('<B3sB3sII', table, 446, 0x80, b'\xfe\xff\xff', kind, b'\xfe\xff\xff', start,
                         len(volume) // SECTOR)
        table[510:512] = b'\x55\xaa'
        volume = bytearray(volume)
        struct.pack_into('<I', volume, 28, start)  # "Hidden" sectors: those before the volume.
        self.image.write_bytes(table + volume)

    def check(self, bits, start=0):
        # What the volume says of itself: the tools that wrote it might have chosen otherwise.
        boot_sector = self.image.read_bytes()[start * SECTOR:][:SECTOR]
        self.assertEqual(boot_sector[82 if bits == 32 else 54:][:5], f'FAT{bits}'.encode())
        boot = support.Boot(self.image, f'C:\\readfile.exe "C:\\folder\\{LONG_NAME}"')
        self.assertEqual(boot.report('exit') and boot.report('exit')['status'], 0, boot.explain())
        self.assertTrue(boot.out == self.data, 'other bytes')
        boot = support.Boot(self.image, 'C:\\threedll.exe')
        self.assertEqual(boot.report('exit') and boot.report('exit')['status'], 100, boot.explain())

    def test_fat12_floppy_size(self):
        support.guest_disk.build(str(self.image), self.layout, size=support.guest_disk.FLOPPY)
        self.check(12)

    def test_fat12(self):
        self.format(12, 4 * MIB, '-s', '4')
        self.check(12)

    def test_fat16(self):
        self.format(16, 16 * MIB, '-s', '1')
        self.check(16)

    def test_fat16_large_clusters(self):
        self.format(16, 300 * MIB, '-s', '64')
        self.check(16)

    def test_fat32(self):
        self.format(32, 40 * MIB, '-s', '1')
        self.check(32)

    def test_fat32_as_runpe_builds_it(self):
        support.guest_disk.build(str(self.image), self.layout, size=support.guest_disk.FAT32_FROM)
        self.check(32)

    def test_partitions(self):
        for bits, kind, size, cluster in ((12, 0x01, 4 * MIB, '4'), (16, 0x06, 16 * MIB, '1'),
                                          (32, 0x0C, 40 * MIB, '1')):
            with self.subTest(bits):
                self.image.unlink(missing_ok=True)
                self.format(bits, size, '-s', cluster)
                self.partition(kind, start=63)
                self.check(bits, start=63)

    def refused(self, *words):
        boot = support.Boot(self.image, 'C:\\readfile.exe C:\\x')
        self.assertIsNone(boot.report('exit'), boot.explain())
        self.assertIsNone(boot.report('bugcheck'), boot.explain())
        self.assertIsNotNone(boot.report('error'), boot.explain())
        for word in words:
            self.assertIn(word, boot.report('error')['message'].lower())

    def test_no_file_system(self):
        self.image.write_bytes(bytes(MIB))
        self.refused()
        self.image.write_bytes(random.Random(1).randbytes(MIB))
        self.refused()

    def test_boot_sectors_that_make_no_sense(self):
        self.format(16, 16 * MIB, '-s', '1')
        good = self.image.read_bytes()
        for offset, size, value in ((11, '<H', 0), (11, '<H', 513), (13, '<B', 0), (13, '<B', 3),
                                    (14, '<H', 0), (16, '<B', 0), (22, '<H', 0), (22, '<H', 0xFFFF),
                                    (17, '<H', 0xFFFF), (19, '<H', 1)):
            with self.subTest(offset=offset, value=value):
                bad = bytearray(good)
                struct.pack_into(size, bad, offset, value)
                self.image.write_bytes(bad)
                self.refused()


if __name__ == '__main__':
    unittest.main()
