"""smallest_memory.py [KIB...]: the least guest memory in which the demo runs to its end.

Tries sizes downwards from 4 MiB in steps of 128 KiB (or those given) and says how each went. QEMU
takes sizes of any whole KiB.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def runs(kib):
    done = subprocess.run([ROOT / 'tools/runpe', '--quiet', '--mem', f'{kib}K', '--timeout', '60'],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, 'FAULTLINE_PREBUILT': '1'})
    why = (done.stderr.strip().splitlines() or [''])[0]
    print(f'{kib:5} KiB: ' + ('runs' if done.returncode == 0 else f'{done.returncode} {why}'))
    return done.returncode == 0


def main():
    sizes = [int(text) for text in sys.argv[1:]] or range(4096, 0, -128)
    smallest = None
    for kib in sizes:
        if not runs(kib):
            break
        smallest = kib
    print(f'smallest: {smallest} KiB')


if __name__ == '__main__':
    main()
