"""Boots of the kernel in which one program runs many times, watched from the host.

The kernel tells of each run by a pair of reports (kernel/series.h): "run_begin" with its number, and
"run" with how it ended and how many bytes it wrote, by which the streams are cut to pieces here. A boot
that stops between the two, or says nothing for too long, is a bugcheck or a hang of that very run.
"""
import json
import os
import pathlib
import shutil
import tempfile
import time

import machine
import runpe

ROOT = pathlib.Path(__file__).resolve().parents[2]
KERNEL = ROOT / 'build/kernel/faultline.elf'
QUIET_SECONDS = 30


class Boot:
    """One boot: `runs` are the reports of the runs that ended, with their output; `end` says how the
    boot ended: 'exit', 'bugcheck', 'hang' or 'host', `message` why, `begun` the run it happened in."""

    def __init__(self, disk, words, command_line, options, folder, quiet=QUIET_SECONDS,
                 kernel=KERNEL):
        self.runs, self.events, self.begun, self.end, self.message = [], [], None, None, ''
        self._out, self._err, self._partial = bytearray(), bytearray(), b''
        self._heard, self._exceptions = time.monotonic(), []
        self.log_path = os.path.join(folder, 'kernel.log')
        guest = machine.Machine(kernel=str(kernel), disk=disk, log=self.log_path, options=options,
                                kernel_command_line=f'host=1 {words} -- {command_line}')
        guest.output('out', 0xE9, self._out.extend)
        guest.output('err', 0xEA, self._err.extend)
        guest.output('reports', 0xEB, self._take)
        try:
            with open(os.path.join(folder, 'qemu.err'), 'wb') as errors:
                guest.start(errors)
            status = None
            while status is None and time.monotonic() - self._heard < quiet:
                status = guest.wait(1)
        finally:
            guest.stop()
        self._cut()
        self._judge(status)

    def _take(self, data):
        self._heard = time.monotonic()
        *lines, self._partial = (self._partial + data).split(b'\n')
        for line in lines:
            event = json.loads(line)
            self.events.append(event)
            if event['event'] == 'run_begin':
                self.begun = event['n']
                self._exceptions = []
            elif event['event'] == 'exception':
                self._exceptions.append(event['message'])
            elif event['event'] == 'run':
                self.runs.append({**event, 'exceptions': self._exceptions})
                self.begun = None

    def _cut(self):
        out = err = 0
        for run in self.runs:
            run['output'] = bytes(self._out[out:out + run['output_bytes']])
            run['error'] = bytes(self._err[err:err + run['error_bytes']])
            out += run['output_bytes']
            err += run['error_bytes']

    def _judge(self, status):
        bugchecks = [e for e in self.events if e['event'] == 'bugcheck']
        if bugchecks or status == machine.STATUS_BUGCHECK:
            self.end = 'bugcheck'
            self.message = bugchecks[0]['message'] if bugchecks else 'no report'
        elif status is None:
            self.end, self.message = 'hang', 'nothing was heard'
        elif status == machine.STATUS_NORMAL and self.event('ready'):
            self.end = 'exit'
        else:
            self.end, self.message = 'host', f'QEMU ended with {status}'

    def event(self, name):
        return next((e for e in self.events if e['event'] == name), None)

    def log(self, lines=60):
        try:
            with open(self.log_path, errors='replace') as file:
                return ''.join(file.readlines()[-lines:])
        except OSError:
            return ''


def run_tool(name, run):
    """The exit status of `run(folder)`, whose folder goes away afterwards; a Failure is told."""
    work = tempfile.mkdtemp(prefix=f'{name}-')
    try:
        return run(work)
    except runpe.Failure as failure:
        runpe.show(f'{name}: {failure}')
        return failure.status
    finally:
        shutil.rmtree(work, ignore_errors=True)
