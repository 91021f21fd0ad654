#!/usr/bin/env python3
"""x86_self_test.py KERNEL.elf: boots the self-test of kernel/x86 on machines from the smallest on.

Passes when each run ends in order and no processor was reset on the way (a triple fault resets it).
"""
import os
import re
import subprocess
import sys
import tempfile

# Processor, memory, the kernel's command line.
MACHINES = [
    ('486', '4'),
    ('486,-pse', '4'),           # 4 KiB tables.
    ('486,-pse', '40'),
    ('486,-fpu', '8'),
    ('pentium,-pse', '2048'),    # The longest direct map without large pages.
    ('pentium3', '64'),
    ('qemu32', '1024'),
    ('qemu32,+nx', '4'),         # PAE and no-execute, in little memory.
    ('max', '2048'),             # And SMEP and SMAP.
    ('max', '64', 'nx=0'),       # The two-level format with them.
]
RESETS_AT_POWER_ON = 2
ENDED_IN_ORDER = 1               # isa-debug-exit turns 0 into 2 * 0 + 1.
TIMEOUT = 60


def boots(kernel, work, cpu, memory, words=''):
    log, trace = os.path.join(work, 'log'), os.path.join(work, 'trace')
    try:
        status = subprocess.run(
            ['qemu-system-i386', '-accel', 'tcg', '-M', 'pc', '-nodefaults', '-no-user-config',
             '-vga', 'std', '-display', 'none', '-no-reboot',
             '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x4', '-cpu', cpu, '-m', memory,
             '-kernel', kernel, '-append', words, '-serial', f'file:{log}', '-d', 'cpu_reset', '-D', trace],
            timeout=TIMEOUT, check=False).returncode
    except subprocess.TimeoutExpired:
        status = 'time ran out'
    with open(log, encoding='latin-1') as file:
        text = file.read()
    with open(trace, encoding='latin-1') as file:
        resets = len(re.findall('^CPU Reset', file.read(), re.MULTILINE))
    good = (status == ENDED_IN_ORDER and resets == RESETS_AT_POWER_ON
            and text.endswith('self-test passed\n'))
    print(f'{"ok  " if good else "FAIL"} cpu {cpu}, {memory} MiB {words}')
    if not good:
        print(f'exit status {status}, {resets} resets\n{text}')
    return good


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as work:
        results = [boots(sys.argv[1], work, *machine) for machine in MACHINES]
    sys.exit(0 if all(results) else 1)


if __name__ == '__main__':
    main()
