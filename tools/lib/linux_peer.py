"""The Linux that stands beside Faultline: Debian's kernel package for i686, unpacked. tools/bench measures
it, tools/differential runs the real Wine on it.

apt fetches with the machine's own sources and keys, so signatures are checked; but into lists and
a cache of our own (build/bench/linux/apt), for i386: the machine's package database, its architectures
and its kernel stay as they are. Nothing is installed. The kernel's initial RAM disk is made here: a
program as /init, and the modules for the disk and its file system.
"""
import lzma
import os
import pathlib
import re
import shutil
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'build/bench/linux'
META_PACKAGE = 'linux-image-686'
# What the disk and its FAT need that is a module; what these depend on comes with them.
MODULES = ('ata_piix', 'sd_mod', 'vfat', 'nls_cp437', 'nls_ascii', 'nls_utf8')
# Tuned: none of what makes Linux slower for safety's sake, no large pages (one fault is to be one
# page), no work in the background; the clock is the processor's.
WORDS = ('console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off init_on_alloc=0 init_on_free=0 '
         'preempt=none transparent_hugepage=never apparmor=0 lsm= audit=0 nowatchdog tsc=reliable '
         'hardened_usercopy=off norandmaps cryptomgr.notests noisapnp '
         'initcall_blacklist=load_system_certificate_list')


class PeerError(Exception):
    pass


def apt(command, *arguments):
    folder = FOLDER / 'apt'
    for name in ('state/lists/partial', 'cache/archives/partial'):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / 'status').touch()
    # What a machine has hooked to updates is meant for its own lists.
    (folder / 'no_hooks').write_text('#clear APT::Update::Post-Invoke-Success;\n'
                                  '#clear APT::Update::Post-Invoke;\n')
    options = {'Dir::State': folder / 'state', 'Dir::State::status': folder / 'status',
               'Dir::Cache': folder / 'cache', 'APT::Architecture': 'i386', 'APT::Architectures': 'i386',
               'APT::Sandbox::User': 'root' if os.getuid() == 0 else '', 'Acquire::Languages': 'none'}
    words = [word for name, value in options.items() for word in ('-o', f'{name}={value}')]
    return subprocess.run([command, '-q', '-c', folder / 'no_hooks', *words, *arguments],
                          cwd=folder, text=True, capture_output=True, stdin=subprocess.DEVNULL)


def fetch(name):
    """The path of the i386 package's file; who is done with it removes it."""
    done = apt('apt-get', 'download', name)
    packages = sorted((FOLDER / 'apt').glob(f'{name}_*.deb'))
    if done.returncode or not packages:
        raise PeerError(f'apt cannot fetch {name}:\n' + done.stderr[-2000:])
    return packages[-1]


def _fetch_kernel():
    # A source that has no i386, or is out of order, is no trouble if another has the package.
    update = apt('apt-get', 'update')
    depends = apt('apt-cache', 'depends', META_PACKAGE)
    found = re.search(r'Depends: (linux-image-\S+-686)$', depends.stdout, re.MULTILINE)
    if not found:
        raise PeerError(f'apt finds no {META_PACKAGE} for i386:\n' + update.stderr[-2000:])
    return fetch(found[1])


def modules(root, names=MODULES):
    """The modules' files in an order in which each comes after what it depends on."""
    by_name = {file.stem.replace('-', '_'): file for file in root.glob('lib/modules/*/kernel/**/*.ko')}
    order = []

    def add(name):
        file = by_name.get(name.replace('-', '_'))
        if not file or file in order:
            return  # Built in, or there already.
        information = file.read_bytes()
        depends = re.search(rb'\0depends=([^\0]*)\0', information)[1].decode()
        # What a module asks for at run time by an alias is named as soft dependency.
        soft = re.findall(rb'\0softdep=pre: ([^\0]*)\0', information)
        for other in [*depends.split(','), *b' '.join(soft).decode().split()]:
            add(other)
        order.append(file)
    for name in names:
        add(name)
    return order


def cpio(entries):
    """A newc archive of (name, mode, bytes): the kernel's Documentation, "initramfs buffer format"."""
    archive = bytearray()
    for number, (name, mode, content) in enumerate([*entries, ('TRAILER!!!', 0, b'')], 1):
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        archive += b'070701' + b''.join(b'%08x' % field for field in fields)
        archive += name.encode() + b'\0'
        archive += b'\0' * (-len(archive) % 4) + content
        archive += b'\0' * (-len(archive) % 4)
    return bytes(archive)


def initial_disk(root, init, names=MODULES, more=()):
    """With `init` (bytes) as the first program, and the modules of these names in the order to load them."""
    in_order = [(f'modules/{i:02}.ko', 0o100644, file.read_bytes())
                for i, file in enumerate(modules(root, names))]
    folders = [(name, 0o040755, b'') for name in ('dev', 'proc', 'sys', 'disk', 'modules')]
    return cpio([*folders, ('init', 0o100755, init), *in_order, *more])


def uncompressed(kernel):
    """The same kernel, unpacked beforehand: its boot would mostly be xz (2,000 million instructions).

    QEMU loads what follows the set-up sectors at 1 MiB and enters it there. The real kernel's segments
    are placed so that they land where they are linked to be; at the start stands a jump. (The kernel's
    Documentation, arch/x86/boot.rst; the ELF specification.)
    """
    loaded_at = 0x100000
    set_up = (kernel[0x1F1] + 1) * 512
    payload, length = (int.from_bytes(kernel[at:at + 4], 'little') for at in (0x248, 0x24C))
    start = set_up + payload
    elf = lzma.LZMADecompressor().decompress(kernel[start:start + length])
    entry, headers = struct.unpack_from('<II', elf, 24)
    count, = struct.unpack_from('<H', elf, 44)
    image = bytearray(b'\xb8' + struct.pack('<I', entry) + b'\xff\xe0')  # mov eax, entry; jmp eax
    for i in range(count):
        kind, offset, _, address, size = struct.unpack_from('<5I', elf, headers + 32 * i)
        if kind == 1:
            image += b'\0' * (address - loaded_at + size - len(image))
            image[address - loaded_at:address - loaded_at + size] = elf[offset:offset + size]
    # Its size in paragraphs, as the set-up sectors have it.
    image += b'\0' * (-len(image) % 16)
    return kernel[:0x1F4] + struct.pack('<I', len(image) // 16) + kernel[0x1F8:set_up] + image


def write(name, content):
    """A file in our folder, whole or not at all; another call may be reading the one that it replaces."""
    (FOLDER / f'{name}.new').write_bytes(content)
    os.rename(FOLDER / f'{name}.new', FOLDER / name)
    return str(FOLDER / name)


def unpack():
    """Where the package is unpacked; beside it lie `kernel`, ready to boot, and its `version`."""
    root = FOLDER / 'root'
    if not root.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        package = _fetch_kernel()
        # All of it or nothing: a call may be interrupted.
        unpacked = FOLDER / 'root.new'
        shutil.rmtree(unpacked, ignore_errors=True)
        subprocess.run(['dpkg-deb', '-x', package, unpacked], check=True)
        write('version', package.name.split('_')[1].encode())
        package.unlink()
        unpacked.rename(root)
    if not (FOLDER / 'kernel').exists():
        write('kernel', uncompressed(next(root.glob('boot/vmlinuz-*')).read_bytes()))
    return root


class Peer:
    """kernel, initial_disk: files; version: for the table."""

    def __init__(self, init):
        root = unpack()
        self.kernel = str(FOLDER / 'kernel')
        self.version = f"Linux (Debian {(FOLDER / 'version').read_text().strip()} i686)"
        self.initial_disk = write('initial_disk', initial_disk(root, init.read_bytes()))
