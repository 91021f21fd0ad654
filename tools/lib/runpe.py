"""runpe: runs a Windows console program on Faultline in QEMU; see --help. Started by tools/runpe."""
import argparse
import hashlib
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile

import demo_account
import guest_disk
import machine
import program_files
import windows_command_line
import written_files
from failure import (EXIT_BUGCHECK, EXIT_HOST, EXIT_MISSING_DLL, EXIT_MISSING_EXPORT,
                     EXIT_NO_SUCH_FILE, EXIT_NOT_PE, EXIT_START, EXIT_TIMEOUT, EXIT_USAGE,
                     EXIT_WRONG_MACHINE, Failure)

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERNEL = ROOT / 'build/kernel/faultline.elf'
CPU, WINDOWS_CPU = 'pentium3', 'Nehalem'
DEMO = ROOT / 'build/host/demo/demo.exe'

# Free space on the disk of a program that was made for Windows; the image has a hole there.
WINDOWS_ROOM = 64

# The kinds of the kernel's "error" report.
START_ERRORS = {
    'no_such_file': EXIT_NO_SUCH_FILE, 'not_pe': EXIT_NOT_PE, 'wrong_machine': EXIT_WRONG_MACHINE,
    'missing_dll': EXIT_MISSING_DLL, 'missing_export': EXIT_MISSING_EXPORT,
}

HELP_END = '''\
exit status: the low 8 bits of the program's exit code (the full value: --stats), or
  240 wrong usage                 245 missing export (the message names both sides)
  241 no such program             246 time-out
  242 not a PE program            247 the kernel stopped at a bugcheck
  243 for another processor       248 QEMU or this host failed
  244 missing DLL                 249 the program could not be started for another reason
  130, 141, 143 ended by Ctrl-C, a closed output pipe, SIGTERM
A program that was made for Windows runs on Wine's DLLs, which are fetched when one is run for the
first time. With no program, runs the demo: two processes share a DLL, and one writes to it.
'''


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Failure(EXIT_USAGE, f'{message} (see runpe --help)', 'usage')


def parse_arguments(arguments):
    parser = Parser(prog='runpe', allow_abbrev=False, epilog=HELP_END,
                    usage='runpe [options] [--] [program.exe [arguments...]]',
                    formatter_class=argparse.RawDescriptionHelpFormatter,
                    description='Runs a Windows console program on Faultline in QEMU.')
    def number(low, high):
        def check(text):
            value = int(text, 0)
            if not low <= value <= high:
                raise ValueError
            return value
        check.__name__ = f'value, not a number from {low} to {high}:'
        return check
    def fail_spec(text):
        if not re.fullmatch(r'(disk|frame|heap|commit):0*[1-9][0-9]{0,8}\+?', text):
            raise ValueError
        return text
    fail_spec.__name__ = 'value, not KIND:N or KIND:N+:'
    def variable(text):
        if not re.fullmatch(r'[^=#\n\r][^=\n\r]*=[^\n\r]*', text):
            raise ValueError
        return text
    variable.__name__ = 'value, not NAME=VALUE:'
    add = parser.add_argument
    add('--disk', metavar='DIR', action='append', default=[], help='its contents appear under C:\\')
    add('--out', metavar='DIR', help='after the run, the files that are new or changed under C:\\')
    add('--room', type=number(0, 1024), metavar='MIB',
        help=f'room on C: for what is written (Windows programs: {WINDOWS_ROOM})')
    add('--dll', metavar='NAME', action='append', default=[],
        help='this DLL of Wine\'s too is in C:\\windows\\system32, and user mode links')
    add('--all-dlls', action='store_true', help='all of Wine\'s DLLs are there (0.6 GB)')
    add('--env', type=variable, action='append', default=[], metavar='NAME=VALUE',
        help='a variable of the program\'s environment; without a value: not there')
    add('--mem', default='64', metavar='MIB', help='guest memory, as for QEMU: 64, 4M (default 64)')
    add('--cpu', help=f'QEMU processor model (default {CPU}; for programs on Wine\'s DLLs '
        f'{WINDOWS_CPU}: current compilers take SSE2 for granted)')
    add('--machine', default='pc', help='QEMU machine: pc (disk by DMA), isapc (by PIO) (default pc)')
    add('--timeout', type=float, default=60, metavar='SECONDS', help='0: none (default 60)')
    add('--cluster', type=number(1, 64), metavar='PAGES', help='pages that one hard fault may read')
    add('--seed', type=number(0, 0xFFFFFFFF), default=1, metavar='N',
        help='chooses the images\' bases (default 1)')
    add('--fail', type=fail_spec, action='append', default=[], metavar='SPEC',
        help='has the n-th attempt fail: disk:N, frame:N, heap:N, commit:N, N+ for all from then on')
    add('--repeat', type=number(1, 0xFFFFFFFF), default=1, metavar='N',
        help='runs the program N times in one boot, and checks that each gave everything back')
    add('--trace', metavar='FILE', help='one JSON object for each fault, page-in, image, process')
    add('--stats', metavar='FILE', help='one JSON object about the whole run')
    add('--icount', action='store_true', help='the clock counts instructions: same faults each time')
    add('--gdb', action='store_true', help='waits for gdb on port 1234')
    add('--monitor', metavar='SOCKET',
        help='a key on this socket stops the programs and asks for the monitor\'s commands')
    add('--keep', action='store_true', help='keeps the disk image and says where it is')
    add('--missing', action='store_true',
        help='names the system calls that programs asked for and that there are not')
    add('--kernel-log', metavar='FILE', help='the kernel\'s own messages')
    add('--append', default='', metavar='WORDS', help='more words for the kernel\'s command line')
    add('--quiet', action='store_true', help='no progress lines on stderr')
    add('command', nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.command[:1] == ['--']:
        del options.command[0]
    kinds = [spec.partition(':')[0] for spec in options.fail]
    if len(set(kinds)) != len(kinds):
        raise Failure(EXIT_USAGE, '--fail: one of each kind', 'usage')
    if ' -- ' in f' {options.append} ':
        raise Failure(EXIT_USAGE, '--append: "--" ends the kernel\'s words', 'usage')
    if options.out and os.path.exists(options.out) and not os.path.isdir(options.out):
        raise Failure(EXIT_USAGE, f'--out: {options.out} is not a directory', 'usage')
    for directory in options.disk:
        if not os.path.isdir(directory):
            raise Failure(EXIT_USAGE, f'--disk: {directory} is not a directory', 'usage')
    try:
        ' '.join([*options.command, options.append]).encode()
    except UnicodeEncodeError:
        raise Failure(EXIT_USAGE, 'the arguments are not valid UTF-8', 'usage') from None
    return options


class Reports:
    """The kernel's reports, as they come in; written by a pump's thread, read when it has ended."""

    def __init__(self, on_ready):
        self.by_event, self._partial, self._on_ready = {}, b'', on_ready
        self.missing_calls = []

    def take(self, data):
        *lines, self._partial = (self._partial + data).split(b'\n')
        for line in filter(None, map(bytes.strip, lines)):
            try:
                report = json.loads(line)
                event = report['event']
            except (ValueError, KeyError, TypeError):
                show('unreadable report from the kernel: ' + line.decode(errors='replace'))
                continue
            if event == 'ready':
                self._on_ready()
            elif event == 'missing_call':
                self.missing_calls.append(report['name'])
            elif event == 'exception':
                show(report.get('message', ''))
            elif event == 'unwritten':
                show(f"runpe: what was written is not all on the disk (status {report['status']:#010x})")
            elif event == 'unbalanced':
                show(f"runpe: run {report['run']} gave not everything back: {report['left']}")
            self.by_event[event] = report

    def get(self, event):
        return self.by_event.get(event)


def show(text):
    sys.stderr.write(text.rstrip('\n') + '\n')
    sys.stderr.flush()


def writer(fd):
    """A sink that writes everything to `fd`, whatever its mode; OSError if nobody reads it."""
    def write(data):
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(fd, view):]
            except BlockingIOError:
                select.select([], [fd], [])
    return write


def last_lines(path, count=40):
    try:
        with open(path, errors='replace') as file:
            return ''.join(file.readlines()[-count:])
    except OSError:
        return ''


def kernel_words(options, program_command_line):
    words = ['host=1', f'seed={options.seed}', f'trace={int(bool(options.trace))}',
             f'stats={int(bool(options.stats))}']
    if options.cluster:
        words.append(f'cluster={options.cluster}')
    if options.fail:
        words.append('fail=' + ','.join(options.fail))
    if options.repeat != 1:
        words.append(f'repeat={options.repeat}')
    if options.monitor:
        words.append('monitor=1')
    # For random bytes. Where runs are to repeat, they do too.
    seed = hashlib.sha256(str(options.seed).encode()).digest() if options.icount else os.urandom(32)
    words.append(f'entropy={seed.hex()}')
    if options.append:
        words.append(options.append)
    return ' '.join(words) + ' -- ' + program_command_line


def environment_file(variables, work):
    """The file for C:\\windows if it is not to be the usual one, else None. The last line of a name counts."""
    if not variables:
        return None
    path = os.path.join(work, guest_disk.ENVIRONMENT.name)
    with open(path, 'w', encoding='utf-8', errors='surrogateescape') as file:
        file.write(guest_disk.ENVIRONMENT.read_text())
        file.writelines(f'{variable}\n' for variable in variables)
    return path


def run(options, work):
    """Boots and runs; returns (exit status of runpe, outcome, reports)."""
    program = program_files.find_program(options.command[0])
    program_files.check_program(program)
    disk = os.path.join(work, 'disk.img')
    files = program_files.needed(program, options.disk, options.dll, options.all_dlls, options.quiet)
    layout = guest_disk.collect(program, files.beside, options.disk, files.system,
                                environment_file(options.env, work))
    room = options.room if options.room is not None else WINDOWS_ROOM if files.system else 0
    guest_disk.build(disk, layout, room=room * guest_disk.MIB)
    if options.keep:
        show(f'runpe: the disk image is {disk}')

    options.cpu = options.cpu or (WINDOWS_CPU if files.system else CPU)
    command_line = windows_command_line.join(files.guest_path(), options.command[1:])
    log = options.kernel_log or os.path.join(work, 'kernel.log')
    qemu_errors = os.path.join(work, 'qemu.err')
    guest = machine.Machine(kernel=str(KERNEL), disk=disk, log=log, options=options,
                            kernel_command_line=kernel_words(options, command_line))
    reports = Reports(on_ready=guest.feed_input)
    guest.output('out', 0xE9, writer(1))
    guest.output('err', 0xEA, writer(2))
    guest.output('reports', 0xEB, reports.take)
    trace = open(options.trace, 'wb') if options.trace else None
    if trace:
        guest.output('trace', 0xEC, trace.write)
    try:
        with open(qemu_errors, 'wb') as errors:
            guest.start(errors)
        if options.gdb:
            show(f'runpe: waiting for: gdb -x {ROOT}/tools/gdb/faultline.py {KERNEL} '
                 '-ex "target remote localhost:1234"')
        qemu_status = guest.wait(options.timeout)
    finally:
        guest.stop()
        if trace:
            trace.close()
    outcome = judge(qemu_status, reports, options, log, qemu_errors)
    if options.out:
        written_files.copy(disk, layout, options.out)
    return (*outcome, reports)


def judge(qemu_status, reports, options, log, qemu_errors):
    """What came of the run: (exit status of runpe, outcome)."""
    if qemu_status is None:
        show(f'runpe: time-out after {options.timeout:g} s')
        return EXIT_TIMEOUT, 'timeout'
    bugcheck = reports.get('bugcheck')
    if bugcheck or qemu_status == machine.STATUS_BUGCHECK:
        show('runpe: bugcheck: ' + (bugcheck or {}).get('message', 'no report'))
        show(last_lines(log))
        return EXIT_BUGCHECK, 'bugcheck'
    error = reports.get('error')
    if error:
        kind = error.get('kind')
        show(f"runpe: {error.get('message', kind)}")
        return START_ERRORS.get(kind, EXIT_START), kind
    ended = reports.get('exit')
    if ended and qemu_status == machine.STATUS_NORMAL:
        return ended['status'] & 0xFF, 'exit'
    show(f'runpe: the machine stopped without saying why (QEMU: {qemu_status})')
    show(last_lines(qemu_errors) + last_lines(log))
    return EXIT_HOST, 'host'


def write_stats(options, outcome, reports):
    stats = dict((reports and reports.get('stats')) or {'event': 'stats'})
    ended = reports and reports.get('exit')
    error = reports and reports.get('error')
    stats['missing_calls'] = reports.missing_calls if reports else []
    stats['outcome'] = outcome
    stats['exit_status'] = ended['status'] if ended else error.get('status') if error else None
    stats['options'] = {
        'program': options.command, 'mem': options.mem, 'cpu': options.cpu,
        'machine': options.machine, 'seed': options.seed, 'cluster': options.cluster,
        'icount': options.icount, 'timeout': options.timeout, 'fail': options.fail,
        'repeat': options.repeat,
    }
    with open(options.stats, 'w') as file:
        json.dump(stats, file, indent=1)
        file.write('\n')


def run_in(options, work):
    reports = None
    try:
        status, outcome, reports = run(options, work)
    except Failure as failure:
        show(f'runpe: {failure}')
        status, outcome = failure.status, failure.outcome
    if options.missing:
        for name in reports.missing_calls if reports else ():
            show(f'runpe: not implemented: {name}')
    if options.stats:
        write_stats(options, outcome, reports)
    return status


def run_demo(options, work):
    if 'FAULTLINE_PREBUILT' not in os.environ:
        build = [ROOT / 'tools/lib/build_demo.sh']
        if subprocess.run(build, stdout=subprocess.DEVNULL).returncode:
            return EXIT_HOST
    options.command = [str(DEMO)]
    own_stats = options.stats
    options.stats = own_stats or os.path.join(work, 'stats.json')
    status = run_in(options, work)
    if status == 0:
        with open(options.stats) as file:
            print(demo_account.tell(json.load(file)))
    return status


def open_standard_files():
    """A closed standard file must not become the next one that is opened: it reads as empty."""
    for fd in range(3):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # The lowest free number: fd.


def main():
    open_standard_files()

    def end(signal_number, _):
        raise SystemExit(128 + signal_number)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    # A terminal of which we are not the foreground job reads as ended, and does not stop us.
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)

    work = tempfile.mkdtemp(prefix='runpe-')
    keep = False
    status = EXIT_HOST
    try:
        options = parse_arguments(sys.argv[1:])
        keep = options.keep
        status = (run_in if options.command else run_demo)(options, work)
    except Failure as failure:
        show(f'runpe: {failure}')
        status = failure.status
    except machine.BrokenOutput:
        status = 128 + signal.SIGPIPE
    except (OSError, guest_disk.DiskError) as error:
        show(f'runpe: {error}')
    except SystemExit as request:
        status = request.code or 0
    finally:
        if keep:
            for name in os.listdir(work):
                if name != 'disk.img':
                    os.unlink(os.path.join(work, name))
        else:
            shutil.rmtree(work, ignore_errors=True)
    sys.stdout.flush()
    # Not sys.exit: a thread may be blocked for ever on our standard input.
    os._exit(status)


if __name__ == '__main__':
    main()
