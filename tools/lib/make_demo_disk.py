"""make_demo_disk.py DIR OUT.img: a FAT volume with the programs of DIR, as small as FAT12 allows."""
import pathlib
import sys

import guest_disk


def main():
    source, image = sys.argv[1:]
    files = [str(f) for f in sorted(pathlib.Path(source).iterdir())
             if f.suffix in ('.exe', '.dll')]
    guest_disk.build(image, {(pathlib.Path(f).name,): f for f in files}, size=guest_disk.FLOPPY)


if __name__ == '__main__':
    main()
