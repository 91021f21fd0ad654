"""Builds the FAT volume that the guest sees as drive C:.

The volume is a superfloppy: no partition table. Its size follows from its content: FAT16 up to
512 MiB, FAT32 above. The same content gives the same layout, so runs repeat.
"""
import os
import pathlib
import subprocess

SECTOR = 512
MIB = 1024 * 1024
SMALLEST = 16 * MIB
FLOPPY = 1440 * 1024
FAT32_FROM = 512 * MIB


class DiskError(Exception):
    pass


SYSTEM = ('windows', 'system32')
# What the machine starts from, for C:\windows: the registry, and by a name of its own the environment.
USER = pathlib.Path(__file__).resolve().parents[2] / 'user'
REGISTRY = USER / 'registry.txt'
ENVIRONMENT = USER / 'environment.txt'
# What programs expect to find besides; user/environment.txt names some.
EMPTY_FOLDERS = (('windows', 'system'), ('windows', 'temp'), ('ProgramData',), ('Program Files',),
                 ('users', 'user', 'AppData', 'Local'), ('users', 'user', 'AppData', 'Roaming'))


def collect(program, dlls, directories, system=(), environment=None):
    """{path on C: as a tuple of names: host file}; None stands for an empty directory.

    What lies beside the program goes to C:\\ and wins over a file of the same name in
    `directories`, which win over the files of the system directory; names are compared as Windows
    compares them. A program that is itself one of the system's lies there alone. `environment` is a
    file that takes the place of user/environment.txt.
    """
    layout, spelling = {}, {}

    def place(parts, source):
        # A directory's first spelling serves all that is in it.
        fixed = []
        for part in parts:
            key = (tuple(p.lower() for p in fixed), part.lower())
            fixed.append(spelling.setdefault(key, part))
        layout[tuple(fixed)] = source

    if system:
        for folder in EMPTY_FOLDERS:
            place(folder, None)
        place(('windows', REGISTRY.name), REGISTRY)
    if system or environment:
        place(('windows', ENVIRONMENT.name), environment or ENVIRONMENT)
    for source in system:
        place((*SYSTEM, os.path.basename(source)), source)
    for directory in directories:
        for folder, subfolders, files in sorted(os.walk(directory, followlinks=True)):
            subfolders.sort()
            parts = pathlib.Path(folder).relative_to(directory).parts
            if parts and not subfolders and not files:
                place(parts, None)
            for name in sorted(files):
                place(parts + (name,), os.path.join(folder, name))
    for source in [*([] if program in system else [program]), *dlls]:
        place((os.path.basename(source),), source)
    return layout


def volume_size(layout, room=0):
    """Bytes: the files, each rounded up to a generous cluster, a reserve for directories and FATs, `room` for
    what programs write."""
    content = sum(-(-os.path.getsize(f) // 32768) * 32768 for f in layout.values() if f)
    wanted = content + content // 64 + 4 * MIB + 512 * len(layout) + room
    return max(SMALLEST, -(-wanted // MIB) * MIB)


def build(image, layout, size=None, cluster=0, fat32=False, room=0):
    """Writes the volume to the file `image`; size in bytes, sectors of a cluster and width, if they are
    not to follow the content."""
    size = size or volume_size(layout, room)
    with open(image, 'wb') as file:
        file.truncate(size)
    if size == FLOPPY:
        format_command = ['mformat', '-i', image, '-f', '1440', '-N', '464c5401', '-v', 'FAULTLINE']
    else:
        format_command = _hard_disk_format(image, size, cluster, fat32)
    _mtools([*format_command, '::'])
    _fill(image, layout)


def _hard_disk_format(image, size, cluster=0, fat32=False):
    heads, per_track = 16, 63
    format_command = ['mformat', '-i', image, '-T', str(size // SECTOR), '-h', str(heads), '-s',
                      str(per_track), '-N', '464c5401', '-v', 'FAULTLINE']
    if size >= FAT32_FROM or fat32:
        format_command.append('-F')
        format_command += ['-c', str(cluster)] if cluster else []
    else:
        # The smallest cluster that stays within FAT16's 65,524 clusters.
        cluster = cluster or 4
        while size // SECTOR // cluster > 65000:
            cluster *= 2
        format_command += ['-c', str(cluster)]
    return format_command


def _fill(image, layout):
    folders = {parts[:n] for parts, source in layout.items()
               for n in range(1, len(parts) + (1 if source is None else 0))}
    if folders:
        ordered = sorted(folders, key=lambda parts: (len(parts), parts))
        _mtools(['mmd', '-i', image, *('::/' + '/'.join(folder) for folder in ordered)])
    by_folder = {}
    for parts, source in sorted(layout.items()):
        if source is not None:
            by_folder.setdefault(parts[:-1], []).append((parts[-1], source))
    for folder, files in sorted(by_folder.items()):
        target = '::/' + '/'.join(folder)
        # mcopy names the copy after its source: files of a name of their own go one by one.
        same = [source for name, source in files if name == os.path.basename(source)]
        for start in range(0, len(same), 200):
            _mtools(['mcopy', '-i', image, '-Q', *same[start:start + 200], target])
        for name, source in files:
            if name != os.path.basename(source):
                _mtools(['mcopy', '-i', image, '-Q', source, target.rstrip('/') + '/' + name])


def extract(image, directory):
    """Copies all that the volume holds to the host's `directory`, which is empty."""
    names = subprocess.run(['mdir', '-i', image, '-b', '-a', '::/'], stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment())
    if names.stdout.strip():
        _mtools(['mcopy', '-i', image, '-s', '-Q', '-n', '-m', '::/*', directory], 'read')


def _environment():
    return {**os.environ, 'MTOOLS_SKIP_CHECK': '1', 'MTOOLSRC': '/dev/null', 'LC_ALL': 'C.UTF-8'}


def _mtools(command, what='build'):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=_environment())
    if done.returncode != 0:
        reason = done.stdout.decode(errors='replace').strip()
        raise DiskError(f'cannot {what} the disk: {command[0]}: {reason}')
