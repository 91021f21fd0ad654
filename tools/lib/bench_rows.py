"""The rows of tools/bench's table. How each is measured stands in tests/bench/README.md."""
import dataclasses

INSTRUCTIONS = 'instructions'
BELOW_LINUX = 'below Linux'
MILLION = 1e6
TOUCHED_BYTES = 256 * 4096


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table. Rows of one `boot` are measured in one boot of each system."""
    name: str
    title: str
    boot: str
    aim: object = None           # A number, BELOW_LINUX, or (row, factor): so much of our own row.
    measure: str = ''            # What the guest's program calls it, if not `name`.
    figure: str = 'count'        # count, reads, bytes
    unit: str = INSTRUCTIONS
    scale: float = 1
    strict: bool = False         # Booted so that a hard fault reads one page.

    @property
    def guest_row(self):
        return self.measure or self.name


ROWS = (
    Row('null_call', 'null system call', 'quick', 150),
    Row('zero_fault', 'demand-zero write fault', 'quick', 1600),
    Row('zero_fault_prepared', '... with a zeroed frame at hand', 'quick', 500),
    Row('copy_fault_after_read', 'copy-on-write fault, file page, after a read', 'quick', 1800),
    Row('copy_fault', '... without', 'quick', 1800),
    Row('image_copy_fault_after_read', '... image page, after a read', 'image', 1800, strict=True),
    Row('image_copy_fault', '... without', 'image', 1800, strict=True),
    Row('soft_fault', 'soft fault on a cached file page', 'quick', 500),
    Row('image_fault', '... image page', 'image', 500, strict=True),
    Row('soft_fault_around', '... pages in a row, for each', 'quick', 250),
    Row('hard_fault', 'hard fault of one page, without the device', 'hard', 8000, strict=True),
    Row('switch', 'switch to another process', 'quick', 1000),
    Row('process', 'create + run + exit + wait, smallest program', 'process', 30000),
    Row('map_unmap', 'map + unmap one page, untouched', 'quick', 2500),
    Row('map_touch_unmap', '... touched', 'quick', 5000),
    Row('regions_10', 'demand-zero fault with 10 regions', 'regions'),
    Row('regions_1000', '... 1,000 regions', 'regions', ('regions_10', 1.15)),
    Row('regions_60000', '... 60,000 regions', 'regions', ('regions_10', 1.15)),
    Row('split_merge', 'split + merge by protection change', 'quick', 2500),
    Row('boot', 'kernel entry to the program, million', 'boot', 5, scale=MILLION),
    Row('file_sequential', '16 MiB file, cold, read in order: million', 'read', 20, scale=MILLION),
    Row('file_sequential_reads', '... requests to the disk', 'read', BELOW_LINUX, 'file_sequential',
        'reads', 'requests'),
    Row('file_mapped', '... mapped, in order: million', 'mapped', 20, scale=MILLION),
    Row('file_mapped_reads', '... requests to the disk', 'mapped', BELOW_LINUX, 'file_mapped', 'reads',
        'requests'),
    Row('file_random', '... mapped, at random: million', 'random', 20, scale=MILLION),
    Row('file_random_reads', '... requests to the disk', 'random', BELOW_LINUX, 'file_random', 'reads',
        'requests'),
    Row('file_sparse_bytes', '256 random pages of it: bytes read / touched', 'sparse', 2, 'file_sparse',
        'bytes', 'times', TOUCHED_BYTES),
    Row('file_sparse', '... million', 'sparse', scale=MILLION),
    Row('smallest_memory', 'least RAM for a hello from the disk, MiB', 'memory', 4, unit='MiB'),
)
