"""The real Wine, of Debian for i386, on Debian's i686 kernel in QEMU: what tools/differential compares with.

Nothing is installed: apt fetches the packages into folders of our own (linux_peer), and they lie in a root
image under build/differential. Making it takes some minutes, once: the prefix that Wine makes for itself
at its first start is on it. Every later boot works on a copy that is forgotten.
"""
import io
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

import linux_peer

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'build/differential'
IMAGE = FOLDER / 'wine-1.img'  # Another number whenever what is on it changes.
INIT = ROOT / 'tools/lib/wine_init.sh'
PACKAGES = ('libwine', 'wine32', 'libc6', 'libgcc-s1', 'libz-mingw-w64', 'busybox-static')
DLLS = 'usr/lib/i386-linux-gnu/wine/i386-windows'
ZLIB = 'usr/i686-w64-mingw32/lib/zlib1.dll'  # Wine's DLLs need it there.
MODULES = ('virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4')
WORDS = linux_peer.WORDS + ' -- '
# What every program of Wine's is started with.
SETTINGS = 'HOME=/home WINEPREFIX=/prefix WINEDEBUG=-all LC_ALL=C TZ=UTC PATH=/bin:/usr/lib/wine'
# A prefix as user/registry.txt describes ours; no debugger when a program ends by an exception.
MAKE_PREFIX = f'''\
cd /; export {SETTINGS}
timeout -s KILL 1500 wine wineboot.exe -i </dev/null >/dev/null 2>&1
timeout -s KILL 300 wineserver32 -k
timeout -s KILL 300 wineserver32 -w
cd /prefix
printf '\\n[Software\\\\\\\\Wine]\\n"Version"="win10"\\n' >>user.reg
sed -i '/CurrentVersion.*AeDebug\\]/,/^$/{{/^"Debugger"=/d}}' system.reg
cp system.reg user.reg /tmp/out
'''
# All of `list`, by the launcher (tests/nt/launch.c).
RUN_LIST = f'''\
cd /; export {SETTINGS}
cp -r /tmp/job/c/. /prefix/drive_c
wineserver32 -p
wine 'Z:\\tmp\\job\\launch.exe' 'Z:\\tmp\\job\\list' 'Z:\\tmp\\job\\environment' 'Z:\\tmp\\job\\in' 'Z:\\tmp\\out'
wineserver32 -k
'''
OUTPUT_MIB = 64
CPU = 'Nehalem'  # As runpe has for programs on Wine's DLLs.


class WineError(Exception):
    pass


def boot(run, files=(), *, keep=False, timeout, said=None):
    """Boots with the shell script `run` and files ((name, bytes) each, in /tmp/job), and returns what the
    script left in /tmp/out as {name: bytes}. `keep`: what it does to the image stays. `said`, a file, takes
    the serial line's."""
    root = linux_peer.unpack()
    with tempfile.TemporaryDirectory(prefix='differential-') as work:
        work = pathlib.Path(work)
        busybox = (FOLDER / 'busybox').read_bytes()
        initial_disk = linux_peer.initial_disk(
            root, INIT.read_bytes(), MODULES, [('bin', 0o040755, b''), ('bin/busybox', 0o100755, busybox)])
        (work / 'initial_disk').write_bytes(initial_disk)
        with tarfile.open(work / 'job.tar', 'w') as tar:
            for name, content in [('run', run.encode()), *files]:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o755
                tar.addfile(entry, io.BytesIO(content))
        with open(work / 'out.tar', 'wb') as file:
            file.truncate(OUTPUT_MIB << 20)
        image = keep or IMAGE
        command = ['qemu-system-i386', '-accel', 'tcg,tb-size=256', '-m', '768', '-cpu', CPU,
                   '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot',
                   '-kernel', linux_peer.FOLDER / 'kernel', '-initrd', work / 'initial_disk',
                   '-append', WORDS, '-serial', f'file:{said or work / "said"}']
        for file, snapshot in ((image, not keep), (work / 'job.tar', False), (work / 'out.tar', False)):
            command += ['-drive', f'if=virtio,format=raw,cache=unsafe,snapshot={"on" if snapshot else "off"},'
                                  f'file={file}']
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=timeout)
        except subprocess.TimeoutExpired:
            raise WineError(f'the machine with Wine did not end within {timeout} s') from None
        if done.returncode:
            raise WineError('QEMU: ' + done.stderr[-2000:])
        try:
            with tarfile.open(work / 'out.tar') as tar:
                return {member.name.removeprefix('./'): tar.extractfile(member).read()
                        for member in tar if member.isfile()}
        except tarfile.TarError as error:
            raise WineError(f'the machine with Wine left nothing ({error})') from None


def make_image():
    """The root image with its prefix, if it is not there yet."""
    if IMAGE.exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    linux_peer.unpack()
    linux_peer.apt('apt-get', 'update')
    root, new = FOLDER / 'root.new', FOLDER / 'image.new'
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for name in ('dev', 'proc', 'tmp', 'home', 'prefix', 'bin'):
        (root / name).mkdir()
    for name in PACKAGES:
        package = linux_peer.fetch(name)
        stream = subprocess.Popen(['dpkg-deb', '--fsys-tarfile', package], stdout=subprocess.PIPE)
        subprocess.run(['tar', '-x', '-C', root, '--exclude=*.*16', '--exclude=*.vxd', '--exclude=./usr/share/doc'],
                       stdin=stream.stdout, check=True)
        if stream.wait():
            raise WineError(f'{package.name} cannot be unpacked')
        package.unlink()
    shutil.copy(root / ZLIB, root / DLLS)
    shutil.rmtree(root / 'usr/i686-w64-mingw32')
    shutil.copy(root / 'bin/busybox', FOLDER / 'busybox')
    (root / 'bin/sh').symlink_to('busybox')
    for name in ('timeout', 'cp', 'rm', 'sed', 'mkdir', 'sleep'):
        (root / 'bin' / name).symlink_to('busybox')
    subprocess.run(['mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-E', 'root_owner=0:0', '-d', root,
                    new, '1600M'], check=True)
    shutil.rmtree(root)
    made = boot(MAKE_PREFIX, keep=new, timeout=1800, said=FOLDER / 'first_start.log')
    if b'win10' not in made.get('user.reg', b''):
        raise WineError(f'Wine made no prefix: see {FOLDER / "first_start.log"}')
    new.rename(IMAGE)
