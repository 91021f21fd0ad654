"""What a program needs on the guest's disk, as pe-deps finds it: DLLs beside it, and for one that was
made for Windows the DLLs of Wine that go to C:\\windows\\system32.

A program that has its DLLs beside it and else imports from ntdll.dll alone is linked by the kernel and
needs no Wine. Which one links is the kernel's choice: user mode, if there is a system32\\ntdll.dll.
"""
import dataclasses
import os
import pathlib
import struct
import subprocess

from failure import (EXIT_HOST, EXIT_MISSING_DLL, EXIT_NO_SUCH_FILE, EXIT_NOT_PE, EXIT_START,
                     EXIT_WRONG_MACHINE, Failure)

ROOT = pathlib.Path(__file__).resolve().parents[2]
PE_DEPS = ROOT / 'build/host/tools/pe_deps/pe-deps'
FETCH = ROOT / 'tools/lib/fetch_wine.sh'
WINE = ROOT / 'build/wine/system32'
# Debian's files, and those that it lacks (user/).
SET = (WINE, ROOT / 'build/host/user/system32')

# What pe-deps says by its exit status.
DEPS_ERRORS = {3: ('not_pe', EXIT_NOT_PE), 4: ('wrong_machine', EXIT_WRONG_MACHINE)}
# No program for Windows does without one of these, or without an API set that stands for one.
WINDOWS_DLLS = {'kernel32.dll', 'kernelbase.dll', 'msvcrt.dll', 'ucrtbase.dll', 'user32.dll',
                'advapi32.dll'}
API_SETS = ('api-ms-win-', 'ext-ms-win-')
COMMAND_LINE = 'the command line'  # Who needs what --load names.


@dataclasses.dataclass
class ProgramFiles:
    program: str
    beside: list                                            # Host paths, for C:\.
    system: list = dataclasses.field(default_factory=list)  # For C:\windows\system32.

    def guest_path(self):
        name = os.path.basename(self.program)
        return f'C:\\windows\\system32\\{name}' if self.program in self.system else f'C:\\{name}'


def find_program(name):
    """The program's path. Wine's own programs need none, if there is no file of that name here."""
    if os.path.exists(name) or os.path.dirname(name):
        return name
    if name.lower() == 'cmd.exe':
        fetch(quiet=False)
    return str(WINE / name.lower()) if (WINE / name.lower()).is_file() else name


def check_program(path):
    """What can be known before anything boots. The kernel decides all the rest."""
    if not os.path.exists(path):
        raise Failure(EXIT_NO_SUCH_FILE, f'{path}: no such file', 'no_such_file')
    if not os.path.isfile(path):
        raise Failure(EXIT_NO_SUCH_FILE, f'{path}: not a file', 'no_such_file')
    try:
        with open(path, 'rb') as file:
            start = file.read(0x40)
            if len(start) == 0x40 and start[:2] == b'MZ':
                file.seek(struct.unpack_from('<I', start, 0x3C)[0])
                signature = file.read(6)
            else:
                signature = b''
    except OSError as error:
        raise Failure(EXIT_HOST, f'{path}: {error.strerror}', 'host') from None
    if signature[:4] != b'PE\0\0' or len(signature) != 6:
        raise Failure(EXIT_NOT_PE, f'{path}: not a PE program', 'not_pe')
    machine_type = struct.unpack_from('<H', signature, 4)[0]
    if machine_type != 0x14C:
        known = {0x8664: 'x86-64', 0xAA64: 'ARM64', 0x1C4: 'ARM', 0x200: 'Itanium'}
        name = known.get(machine_type, f'machine type {machine_type:#06x}')
        raise Failure(EXIT_WRONG_MACHINE, f'{path}: is for {name}, not for 32-bit x86',
                      'wrong_machine')


def needed(program, directories=(), dlls=(), all_dlls=False, quiet=False):
    """ProgramFiles of a program with `directories` on the disk. `dlls` (names) and all_dlls add to the
    set, and so have user mode link."""
    # The last of several directories with a file of one name is the one whose file is on the disk.
    beside = [word for directory in reversed(directories) for word in ('--beside', directory)]
    in_set = pathlib.Path(program).resolve().parent == WINE
    if not (dlls or all_dlls or in_set):
        lines = _pe_deps('--system', 'ntdll.dll', *beside, program)
        if not any(kind == 'missing' and _is_windows(name) for kind, name, *_ in lines):
            # What else is missing is the kernel's to report.
            return ProgramFiles(program, [path for kind, path, *_ in lines if kind == 'beside'])
    fetch(quiet)
    lines = _pe_deps(*(word for folder in SET for word in ('--set', folder)),
                     *(word for name in dlls for word in ('--load', name)),
                     *(['--all'] if all_dlls else []), *beside, program)
    _refuse_missing(program, [words[1:] for words in lines if words[0] == 'missing'])
    files = {kind: [path for k, path, *_ in lines if k == kind] for kind in ('beside', 'set')}
    if in_set:
        files['set'].append(program)
    return ProgramFiles(program, files['beside'], files['set'])


def fetch(quiet):
    command = [FETCH, *(['--quiet'] if quiet else [])]
    if subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        raise Failure(EXIT_HOST, 'cannot bring the DLLs that Windows programs run on', 'host')


def _is_windows(name):
    return name in WINDOWS_DLLS or name.startswith(API_SETS)


def _refuse_missing(program, missing):
    reasons = []
    for name, needed_by in missing:
        if needed_by == COMMAND_LINE:
            reasons.append(f'--dll {name}: there is none in Wine\'s set, nor beside {program}')
        else:
            reasons.append(f'{program}: {name}, needed by {needed_by}, is neither beside the program '
                           'nor in Wine\'s set')
    if reasons:
        raise Failure(EXIT_MISSING_DLL, '\nrunpe: '.join(reasons), 'missing_dll')


def _pe_deps(*arguments):
    """pe-deps' lines, split into words."""
    *options, program = arguments
    if not PE_DEPS.exists():
        raise Failure(EXIT_HOST, f'{PE_DEPS} is missing: run tools/runpe', 'host')
    done = subprocess.run([PE_DEPS, *options, os.path.abspath(program)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    error = done.stderr.decode(errors='replace').strip()
    if done.returncode in DEPS_ERRORS:
        outcome, status = DEPS_ERRORS[done.returncode]
        raise Failure(status, error, outcome)
    if done.returncode != 0:
        raise Failure(EXIT_START, error, 'other')
    return [line.split('\t') for line in os.fsdecode(done.stdout).splitlines()]
