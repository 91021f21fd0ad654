"""What programs wrote: the files of the guest's drive C: that are new, or other than they were."""
import filecmp
import os
import pathlib
import shutil
import tempfile

import guest_disk


def copy(image, layout, directory):
    """Copies them to `directory`, with new directories. `layout`: what C: held, as guest_disk.collect told it.

    Names are compared as Windows compares them. The whole volume is read once: what a program may have
    done to a file is not seen by its size and time alone.
    """
    before = {tuple(part.lower() for part in parts): source for parts, source in layout.items()}
    folders = {parts[:n] for parts in before for n in range(len(parts) + 1)}
    with tempfile.TemporaryDirectory(prefix='runpe-out-') as work:
        guest_disk.extract(image, work)
        os.makedirs(directory, exist_ok=True)
        for folder, subfolders, files in os.walk(work):
            here = pathlib.Path(folder).relative_to(work)
            key = tuple(part.lower() for part in here.parts)
            if key not in folders:
                os.makedirs(os.path.join(directory, here), exist_ok=True)
            for name in files:
                source = before.get((*key, name.lower()))
                written = os.path.join(folder, name)
                if source is None or not filecmp.cmp(source, written, shallow=False):
                    target = os.path.join(directory, here, name)
                    os.makedirs(os.path.dirname(target), exist_ok=True)
                    shutil.copyfile(written, target)
                    shutil.copystat(written, target)
