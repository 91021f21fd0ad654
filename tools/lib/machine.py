"""One run of the kernel in QEMU: its devices, and the streams between them and this process.

What the guest sees (the kernel's side is kernel/host_link.*):
  COM1        the kernel's log, text; the monitor, if there is one
  COM2        standard input: a length byte n and n bytes, again and again; n = 0 is end of file.
              Sent from the report {"event":"ready"} on: a UART drops what it holds when it is set up
  0xE9, 0xEA  standard output and standard error, bytes
  0xEB, 0xEC  reports and the fault trace, one JSON object in a line
  0xF4        isa-debug-exit: 0 ends the machine in order, 0x7F after a bugcheck
"""
import ctypes
import os
import select
import signal
import socket
import subprocess
import threading
import time

STATUS_NORMAL = 1     # isa-debug-exit turns v into 2v + 1.
STATUS_BUGCHECK = 255
_LARGEST_FRAME = 255
_PR_SET_PDEATHSIG = 1


class BrokenOutput(Exception):
    """Nobody reads our standard output or error any more."""


def _die_with_parent():
    # A QEMU that outlives runpe would run forever.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _escape(path):
    """A file name inside a QEMU option: commas are doubled."""
    return os.path.abspath(path).replace(',', ',,')


class Machine:
    """Start, then Wait, which returns QEMU's exit status, or None if the time ran out."""

    def __init__(self, *, kernel, disk, kernel_command_line, log, options, more_arguments=()):
        self._arguments = [
            'qemu-system-i386', '-accel', 'tcg', '-M', options.machine, '-cpu', options.cpu,
            '-m', options.mem, '-nodefaults', '-no-user-config', '-vga', 'std', '-display', 'none',
            '-no-reboot', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x4',
            '-kernel', kernel, '-append', kernel_command_line,
            '-drive', f'if=ide,index=0,media=disk,format=raw,cache=unsafe,file={_escape(disk)}',
            '-chardev', f'{self._console(options)}={_escape(log)}', '-serial', 'chardev:log',
            *more_arguments,
        ]
        if options.icount:
            self._arguments += ['-icount', 'shift=0,sleep=on',
                                '-rtc', 'base=2026-11-23T00:00:00,clock=vm']
        if options.gdb:
            self._arguments += ['-S', '-gdb', 'tcp::1234']
        self._inherited, self._pumps, self._process = [], [], None
        self._guest_is_ready = threading.Event()
        self._broken_pipe_read, self._broken_pipe_write = os.pipe()
        self._input, guest_end = socket.socketpair()
        self._arguments += ['-chardev', f'socket,id=in,fd={guest_end.fileno()}',
                            '-serial', 'chardev:in']
        self._inherited.append(guest_end.detach())

    @staticmethod
    def _console(options):
        """COM1: what the kernel says goes to the log, and with a monitor to who is connected, too."""
        socket_path = getattr(options, 'monitor', None)
        if not socket_path:
            return 'file,id=log,path'
        return f'socket,id=log,path={_escape(socket_path)},server=on,wait=off,logfile'

    def output(self, name, port, sink):
        """Bytes that the guest writes to `port` go to sink(bytes), on a thread of their own."""
        read_end, write_end = os.pipe()
        self._inherited.append(write_end)
        self._arguments += ['-chardev', f'file,id={name},path=/dev/fd/{write_end}',
                            '-device', f'isa-debugcon,iobase={port:#x},chardev={name}']
        self._pumps.append(threading.Thread(target=self._pump, args=(read_end, sink)))

    def start(self, errors):
        """`errors`: the file for QEMU's own messages."""
        # A session of its own: Ctrl-C is for runpe, which then ends QEMU.
        self._process = subprocess.Popen(
            self._arguments, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            pass_fds=self._inherited, start_new_session=True, preexec_fn=_die_with_parent)
        for fd in self._inherited:
            os.close(fd)
        for pump in self._pumps:
            pump.start()
        threading.Thread(target=self._feed, daemon=True).start()

    def feed_input(self):
        """The guest has set up its end of the standard input."""
        self._guest_is_ready.set()

    def wait(self, timeout):
        """QEMU's exit status when all it wrote has been passed on; None if the time ran out."""
        deadline = time.monotonic() + timeout if timeout else None
        poll = select.poll()
        pidfd = os.pidfd_open(self._process.pid)
        poll.register(pidfd, select.POLLIN)
        poll.register(self._broken_pipe_read, select.POLLIN)
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready = [fd for fd, _ in poll.poll(None if left is None else left * 1000)]
        os.close(pidfd)
        if not ready:
            return None
        if self._broken_pipe_read in ready:
            raise BrokenOutput
        for pump in self._pumps:
            pump.join()
        return self._process.wait()

    def stop(self):
        """Ends QEMU if it still runs, and waits for what it wrote."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for pump in self._pumps:
            # A signal may have come between QEMU's start and the pump's.
            if pump.ident is not None:
                pump.join(timeout=2)

    def _pump(self, read_end, sink):
        # After a sink broke, the rest is still read: the guest must not hang on a full pipe.
        while data := os.read(read_end, 65536):
            if sink is None:
                continue
            try:
                sink(data)
            except OSError:
                sink = None
                os.write(self._broken_pipe_write, b'!')
        os.close(read_end)

    def _feed(self):
        self._guest_is_ready.wait()
        try:
            while data := _read_input():
                for start in range(0, len(data), _LARGEST_FRAME):
                    frame = data[start:start + _LARGEST_FRAME]
                    self._input.sendall(bytes([len(frame)]) + frame)
            self._input.sendall(b'\0')
        except OSError:
            pass  # The machine has ended: nobody wants the rest.


def _read_input():
    """The next bytes of our standard input, b'' at its end; a terminal gives a line at a time."""
    try:
        return os.read(0, 4096)
    except OSError:
        return b''  # Closed, or a terminal that belongs to another job.
