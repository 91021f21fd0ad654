"""A page in a real browser without a window: its picture, and what a script in it saw.

Chromium's headless shell, as Debian packages it. The picture is decoded here: PNG by its
specification (W3C, "Portable Network Graphics"), as far as Chromium uses it.
"""
import collections
import json
import re
import shutil
import struct
import subprocess
import zlib

COMMANDS = ('chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome')
# Errors that the page's own scripts leave, as soon as there are any.
_COLLECT = '''<script>
window.probe = {errors: []};
window.addEventListener('error', (e) => window.probe.errors.push(String(e.message || e.type)), true);
window.addEventListener('unhandledrejection', (e) => window.probe.errors.push(String(e.reason)));
</script>'''
_ANSWER = '''<script>
window.addEventListener('load', () => {
  try { (() => {%s})(); } catch (e) { window.probe.errors.push(String(e)); }
  document.documentElement.dataset.probe = JSON.stringify(window.probe);
});
</script>'''


class Picture:
    """Pixels as (red, green, blue)."""

    def __init__(self, data):
        assert data[:8] == b'\x89PNG\r\n\x1a\n', data[:8]
        at, packed = 8, b''
        while at < len(data):
            size, kind = struct.unpack_from('>I4s', data, at)
            body = data[at + 8:at + 8 + size]
            if kind == b'IHDR':
                self.width, self.height, depth, colour, _, _, interlace = struct.unpack(
                    '>IIBBBBB', body)
                assert (depth, interlace) == (8, 0) and colour in (2, 6), (depth, colour, interlace)
            elif kind == b'IDAT':
                packed += body
            at += 12 + size
        self._step = 3 if colour == 2 else 4
        self._rows = self._unfilter(zlib.decompress(packed), self.width * self._step, self._step)

    @staticmethod
    def _unfilter(raw, size, step):
        rows, above = [], bytearray(size)
        for at in range(0, len(raw), size + 1):
            kind, row = raw[at], bytearray(raw[at + 1:at + 1 + size])
            if kind == 1:
                for i in range(step, size):
                    row[i] = row[i] + row[i - step] & 255
            elif kind == 2:
                row = bytearray(a + b & 255 for a, b in zip(row, above))
            elif kind == 3:
                for i in range(size):
                    left = row[i - step] if i >= step else 0
                    row[i] = row[i] + (left + above[i]) // 2 & 255
            elif kind == 4:
                for i in range(size):
                    a, c = (row[i - step], above[i - step]) if i >= step else (0, 0)
                    b = above[i]
                    pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
                    row[i] = row[i] + (a if pa <= pb and pa <= pc else b if pb <= pc else c) & 255
            rows.append(row)
            above = row
        return rows

    def pixel(self, x, y):
        return tuple(self._rows[y][x * self._step:x * self._step + 3])

    def colours(self, left, top, right, bottom):
        """How many pixels of each colour lie in a part."""
        return collections.Counter(self.pixel(x, y) for y in range(top, bottom)
                                   for x in range(left, right))


class Visit:
    """`script` runs when the page is loaded, and puts what it finds into `probe`."""

    def __init__(self, folder, page, script, width, height):
        command = next(filter(None, map(shutil.which, COMMANDS)), None)
        assert command, 'no browser: apt-get install chromium-headless-shell'
        text = page.replace('<head>', '<head>' + _COLLECT, 1)
        text = text.replace('</body>', _ANSWER % script + '</body>', 1)
        file, shot = folder / 'visit.html', folder / 'visit.png'
        file.write_text(text)
        done = subprocess.run(
            [command, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
             '--force-device-scale-factor=1', '--disable-dev-shm-usage', '--no-first-run',
             '--disable-background-networking', '--disable-component-update', '--enable-logging=stderr',
             f'--user-data-dir={folder / "profile"}', f'--window-size={width},{height}',
             f'--screenshot={shot}', '--dump-dom', f'file://{file}'],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
        assert done.returncode == 0 and shot.exists(), done.stderr
        self.console = [line for line in done.stderr.splitlines() if 'CONSOLE' in line]
        probe = re.search(r'data-probe="([^"]*)"', done.stdout)
        assert probe, done.stdout[:2000] + done.stderr
        self.probe = json.loads(probe[1].replace('&quot;', '"').replace('&lt;', '<')
                                .replace('&gt;', '>').replace('&amp;', '&'))
        self.picture = Picture(shot.read_bytes())
