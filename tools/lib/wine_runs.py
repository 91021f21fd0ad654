"""What programs say under the real Wine: from the machine that runs it, or, if nothing that it follows from has
changed since, from build/differential/said."""
import base64
import dataclasses
import hashlib
import json
import pathlib
import sys

import wine_machine
from windows_command_line import join
from wine_machine import WineError  # noqa: F401

KEPT = wine_machine.FOLDER / 'said'
ENVIRONMENT = wine_machine.ROOT / 'user/environment.txt'
LAUNCHER = wine_machine.ROOT / 'build/host/tests/nt/bin/launch.exe'
# Wine has no such DLL: ours stands in, under both.
MORE_SYSTEM_FILES = [wine_machine.ROOT / 'build/host/user/system32/bcryptprimitives.dll']


@dataclasses.dataclass
class Request:
    """A run (tests/nt/corpus.py has what one is) with the files of its C:\\, {path: host file}."""
    run: object
    files: dict

    def command_line(self):
        return join(f'C:\\{self.run.program}.exe', self.run.arguments)

    def key(self):
        """Of all that the answer follows from."""
        digest = hashlib.sha256()
        for part in (wine_machine.IMAGE.name.encode(), wine_machine.CPU.encode(), LAUNCHER.read_bytes(),
                     ENVIRONMENT.read_bytes(), self.command_line().encode(),
                     self.run.stdin, *(part for name, path in sorted(self.files.items())
                                       for part in (name.encode(), path.read_bytes()))):
            digest.update(b'%d\0' % len(part) + part)
        return digest.hexdigest()


@dataclasses.dataclass
class Said:
    output: bytes
    status: int | None  # None: it had to be ended.


def said_by_all(requests, again=False):
    """{name: Said} for {name: Request}."""
    said, new = {}, {}
    for name, request in requests.items():
        kept = None if again else _kept(request.key())
        if kept:
            said[name] = kept
        else:
            new[name] = request
    if new:
        if not wine_machine.IMAGE.exists():
            print('Fetching Wine and making its prefix (about 8 minutes, this once)...', file=sys.stderr)
        wine_machine.make_image()
        print(f'{len(new)} runs under Wine...', file=sys.stderr)
        said.update(_run(new))
    return said


def _run(requests):
    names = {f'{i:03}': name for i, name in enumerate(requests)}
    files = {'launch.exe': LAUNCHER.read_bytes(), 'environment': ENVIRONMENT.read_bytes(), 'in/nothing': b''}
    lines, seconds = [], 300
    for short, name in names.items():
        request = requests[name]
        files.update({f'c/{path}': file.read_bytes() for path, file in request.files.items()})
        if request.run.stdin:
            files[f'in/{short}'] = request.run.stdin
        lines.append(f'{short}\t{request.run.seconds}\t{request.command_line()}\n')
        seconds += request.run.seconds
    for file in MORE_SYSTEM_FILES:
        if file.exists():
            files[f'c/windows/system32/{file.name}'] = file.read_bytes()
    files['list'] = ''.join(lines).encode()
    out = wine_machine.boot(wine_machine.RUN_LIST, files.items(), timeout=seconds)
    said = {}
    for short, name in names.items():
        code = out.get(f'{short}.code', b'nothing').decode()
        if code != 'timeout' and not code.isdigit():
            raise WineError(f'{name} under Wine: {code}')
        said[name] = Said(out[f'{short}.out'], int(code) if code.isdigit() else None)
        _keep(requests[name].key(), said[name])
    return said


def _kept(key):
    path = pathlib.Path(KEPT / key)
    if not path.exists():
        return None
    kept = json.loads(path.read_text())
    return Said(base64.b64decode(kept['output']), kept['status'])


def _keep(key, said):
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / key).write_text(json.dumps({'output': base64.b64encode(said.output).decode(), 'status': said.status}))
