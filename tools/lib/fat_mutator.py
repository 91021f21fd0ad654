"""Broken FAT volumes, made from good ones by seed: fields of the boot sector, entries of the FAT (loops,
cross links, bad, free and impossible clusters), directory entries, bytes of any of them, a disk that
ends early.

Takes a superfloppy as tools/lib/guest_disk.py makes it; the same seed and volume give the same result.
"""
import struct

BOOT_FIELDS = ((11, 2), (13, 1), (14, 2), (16, 1), (17, 2), (19, 2), (21, 1), (22, 2), (24, 2),
               (26, 2), (28, 4), (32, 4), (36, 4), (40, 2), (42, 2), (44, 4), (48, 2), (50, 2),
               (66, 1), (82, 4), (510, 2))
BOOT_EDGES = (0, 1, 2, 3, 4, 7, 8, 16, 0x7F, 0x80, 0xFF, 0x100, 0x200, 0x201, 0x400, 0x1000, 0x7FFF,
              0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
ENTRY_FIELDS = ((0, 1), (6, 1), (8, 1), (11, 1), (12, 1), (13, 1), (20, 2), (22, 2), (26, 2), (28, 4))
ENTRY_EDGES = (0, 1, 2, 5, 0x08, 0x0F, 0x10, 0x20, 0x2E, 0x3F, 0x40, 0x41, 0xE5, 0xFF, 0xFFF6, 0xFFF7,
               0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


class Volume:
    """Where things are on a good volume; `data` is what gets broken."""

    def __init__(self, data):
        self.data = data
        u16 = lambda at: struct.unpack_from('<H', data, at)[0]
        u32 = lambda at: struct.unpack_from('<I', data, at)[0]
        sector = u16(11)
        self.cluster_size = data[13] * sector
        self.fat = u16(14) * sector
        self.fat_size = (u16(22) or u32(36)) * sector
        self.root = self.fat + data[16] * self.fat_size
        root_size = u16(17) * 32
        self.first_cluster = self.root + root_size
        total = (u16(19) or u32(32)) * sector
        self.clusters = (total - self.first_cluster) // self.cluster_size
        self.width = 12 if self.clusters < 4085 else 16 if self.clusters < 65525 else 32
        if self.width == 32:
            self.directories = self.chain(u32(44))
        else:
            self.directories = [(self.root, root_size)]
        self.used = [c for c in range(2, min(self.clusters, 20000) + 2) if self.entry(c)]
        self.entries = list(self.find_entries())

    def place(self, cluster):
        return self.first_cluster + (cluster - 2) * self.cluster_size

    def entry(self, cluster):
        if self.width == 12:
            pair = struct.unpack_from('<H', self.data, self.fat + cluster * 3 // 2)[0]
            return pair >> 4 if cluster & 1 else pair & 0xFFF
        code = '<H' if self.width == 16 else '<I'
        return struct.unpack_from(code, self.data, self.fat + cluster * self.width // 8)[0]

    def set_entry(self, cluster, value):
        """In the first FAT only: the kernel reads no other."""
        if self.width == 12:
            at = self.fat + cluster * 3 // 2
            pair = struct.unpack_from('<H', self.data, at)[0]
            pair = pair & 0xF | (value & 0xFFF) << 4 if cluster & 1 else pair & 0xF000 | value & 0xFFF
            struct.pack_into('<H', self.data, at, pair)
        elif self.width == 16:
            struct.pack_into('<H', self.data, self.fat + 2 * cluster, value & 0xFFFF)
        else:
            struct.pack_into('<I', self.data, self.fat + 4 * cluster, value & 0xFFFFFFFF)

    def chain(self, cluster):
        places = []
        while 2 <= cluster < self.clusters + 2:
            places.append((self.place(cluster), self.cluster_size))
            cluster = self.entry(cluster) & 0x0FFFFFFF
        return places

    def find_entries(self):
        """The places of all directory entries, subdirectories included."""
        todo = list(self.directories)
        while todo:
            start, size = todo.pop()
            for at in range(start, start + size, 32):
                first, attributes = self.data[at], self.data[at + 11]
                if first == 0:
                    break
                yield at
                low, = struct.unpack_from('<H', self.data, at + 26)
                high, = struct.unpack_from('<H', self.data, at + 20)
                if attributes & 0x18 == 0x10 and first not in (0x2E, 0xE5):
                    todo += self.chain(high << 16 | low)


def _set(volume, at, size, value):
    if at + size <= len(volume.data):
        volume.data[at:at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, 'little')


def _break_boot_sector(dice, volume):
    for _ in range(dice.choice((1, 1, 1, 2))):
        at, size = dice.choice(BOOT_FIELDS)
        old = int.from_bytes(volume.data[at:at + size], 'little')
        _set(volume, at, size, dice.choice((*BOOT_EDGES, old - 1, old + 1, old * 2)))


def _break_fat(dice, volume):
    for _ in range(dice.choice((1, 1, 2, 5, 50))):
        cluster = dice.choice(volume.used)
        _, top = 0, {12: 0xFFF, 16: 0xFFFF, 32: 0x0FFFFFFF}[volume.width]
        volume.set_entry(cluster, dice.choice((
            cluster, cluster - 1, dice.choice(volume.used), 0, 1, 2, top, top - 7, top - 8, top - 9,
            volume.clusters + 1, volume.clusters + 2, dice.randrange(top))))


def _break_entries(dice, volume):
    for _ in range(dice.choice((1, 1, 2, 4))):
        field, size = dice.choice(ENTRY_FIELDS)
        at = dice.choice(volume.entries) + field
        _set(volume, at, size, dice.choice((*ENTRY_EDGES, volume.clusters, volume.clusters + 2,
                                            dice.choice(volume.used), dice.getrandbits(8 * size))))


def _swap_entries(dice, volume):
    a, b = dice.choice(volume.entries), dice.choice(volume.entries)
    volume.data[a:a + 32], volume.data[b:b + 32] = volume.data[b:b + 32], volume.data[a:a + 32]


def _break_bytes(dice, volume):
    for _ in range(dice.choice((1, 8, 64))):
        at = dice.choice((dice.randrange(512), volume.fat + dice.randrange(512),
                          dice.choice(volume.entries) + dice.randrange(32)))
        volume.data[at] = dice.randrange(256)


def _end_early(dice, volume):
    del volume.data[dice.randrange(1, len(volume.data) // 512) * 512:]


MUTATIONS = ((_break_boot_sector,) * 4 + (_break_fat,) * 6 + (_break_entries,) * 6 +
             (_swap_entries, _break_bytes, _break_bytes, _end_early))


def mutate(dice, data):
    """`data`: a bytearray, changed in place."""
    volume = Volume(data)
    dice.choice(MUTATIONS)(dice, volume)
    return data
