"""Files of every awkward length, read forwards and backwards, are what they are on the host."""
import random
import unittest

import support

SIZES = (0, 1, 511, 512, 513, 4095, 4096, 4097, (1 << 20) + 3)
PIECE = 777  # readfile backwards: see there.


def content(size):
    return random.Random(size).randbytes(size)


def forwards(data):
    """What `readfile backwards` gives, put together again."""
    pieces, last = [], len(data) % PIECE or PIECE
    at = 0
    size = last
    while at < len(data):
        pieces.append(data[at:at + size])
        at, size = at + size, PIECE
    return b''.join(reversed(pieces))


class ReadFile(support.SystemTest):
    def setUp(self):
        super().setUp()
        self.directory = self.folder / 'disk'
        self.directory.mkdir()

    def check(self, path, data, host_path):
        host_path.parent.mkdir(parents=True, exist_ok=True)
        host_path.write_bytes(data)
        options = ['--disk', str(self.directory)]
        done = self.run_guest('readfile', path, options=options)
        self.assertTrue(done.stdout == data, f'{path}: {len(done.stdout)} of {len(data)} bytes')
        done = self.run_guest('readfile', path, 'backwards', options=options)
        self.assertTrue(forwards(done.stdout) == data, f'{path} backwards')

    def test_sizes(self):
        for size in SIZES:
            with self.subTest(size):
                self.check(f'C:\\size{size}.bin', content(size), self.directory / f'size{size}.bin')

    def test_long_names_in_folders(self):
        name = 'A rather long folder name, with a comma/zweite Ebene äöü/' + 'n' * 120 + '.data.txt'
        self.check('C:\\' + name.replace('/', '\\').upper().replace('ÄÖÜ', 'äöü'), content(5000),
                   self.directory / name)

    def test_folder_of_many_files(self):
        folder = self.directory / 'many'
        folder.mkdir()
        for i in range(300):
            (folder / f'file with the number {i}.txt').write_bytes(str(i).encode())
        done = self.run_guest('readfile', 'C:\\many\\file with the number 299.txt',
                              options=['--disk', str(self.directory)])
        self.assertEqual(done.stdout, b'299')

    def test_what_is_not_there(self):
        self.run_guest('readfile', 'C:\\nothing.txt', expect=0xC0000034)
        self.run_guest('readfile', 'C:\\nowhere\\nothing.txt', expect=0xC000003A)

    def test_a_folder_is_not_a_file(self):
        (self.directory / 'folder').mkdir()
        self.run_guest('readfile', 'C:\\folder', options=['--disk', str(self.directory)],
                       expect=0xC00000BA)


if __name__ == '__main__':
    unittest.main()
