"""The demo's fault map: the picture in docs/ is what a run gives, and the page is looked at in a
browser: nothing blank, no script error, the right colours in the right places, in both themes.
"""
import json
import math
import subprocess
import unittest

import browser
import support

PICTURE = support.ROOT / 'docs/demo-faultmap.svg'
DRAW = 'tools/runpe --icount --trace demo.trace && tools/faultmap --svg demo.trace ' + str(
    PICTURE.relative_to(support.ROOT))
# Of each image, page by page: what must be seen of the demo whatever its compiler and linker.
LETTER = {'.text': 'shared', '.data': 'copied', '.edata': 'read', '.idata': 'read'}

LOOK = '''
const probe = window.probe;
const shown = (e) => e.getClientRects().length > 0;
const strip = (name) => [...document.querySelectorAll(`[data-strip="${name}"] [tabindex]`)].find(shown);
probe.cells = {};
for (const name of ['demo.exe', 'letter.dll']) {
  probe.cells[name] = [...strip(name).querySelectorAll('.c')].map((cell) => {
    const box = cell.querySelector('use').getBoundingClientRect();
    return {state: cell.dataset.state, title: cell.querySelector('title').textContent,
            left: box.left, top: box.top, width: box.width, height: box.height};
  });
}
probe.rows = document.querySelectorAll('#costliest tbody tr').length;
probe.table = document.querySelector('#costliest tbody').innerText;
probe.overflow = document.documentElement.scrollWidth - window.innerWidth;
probe.legend = {};
for (const item of document.querySelectorAll('#legend-pages li')) {
  probe.legend[item.dataset.state] = Number(item.querySelector('b').textContent);
}
// The keyboard: along the strip, and back to its start.
const group = strip('letter.dll');
group.focus();
const said = group.closest('.card').querySelector('.said');
const press = (key) => {
  group.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
  return said.textContent;
};
probe.focused = document.activeElement === group;
probe.keys = ['Home', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'End', 'ArrowRight'].map(press);
press('Home');
const last = [...group.querySelectorAll('.c')].pop();
last.querySelector('use').dispatchEvent(new PointerEvent('pointerover', {bubbles: true}));
probe.pointed = said.textContent;
// The time axis has two faces.
probe.axes = ['order', 'time'].map((face) => {
  document.querySelector(`[data-axis=${face}]`).click();
  return [...document.querySelectorAll('#axis [tabindex]')].filter(shown).map((e) => e.className);
});
document.querySelectorAll('.at').forEach((mark) => mark.classList.remove('at'));
'''


class FaultMap(support.SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.work = cls.enterClassContext(support.tempfile.TemporaryDirectory(
            prefix='faultline-test-'))
        cls.trace = support.pathlib.Path(cls.work) / 'demo.trace'
        subprocess.run(support.command(support.DEMO / 'demo.exe', options=[
            '--quiet', '--icount', '--trace', str(cls.trace)]), check=True, timeout=180,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=support.ENVIRONMENT)
        cls.faults = [event for event in map(json.loads, cls.trace.read_text().splitlines())
                      if 'event' not in event]

    def draw(self, *options):
        out = self.folder / 'out'
        subprocess.run([support.ROOT / 'tools/faultmap', self.trace, out, *options], check=True,
                       timeout=60)
        return out.read_text()

    def test_the_picture_in_docs_is_what_a_run_gives(self):
        self.assertEqual(self.draw('--svg'), PICTURE.read_text(), f'draw it anew: {DRAW}')

    def look(self, page, width, height):
        visit = browser.Visit(self.folder, page, LOOK, width, height)
        self.assertEqual(visit.probe['errors'], [])
        self.assertEqual(visit.console, [])
        self.assertEqual((visit.picture.width, visit.picture.height), (width, height))
        self.assertLessEqual(visit.probe['overflow'], 0, 'the page is wider than the window')
        self.assertGreater(len(visit.picture.colours(0, 0, width, height)), 50, 'nearly blank')
        return visit

    def check_cells(self, visit, palette):
        """In the middle of each square, what there is most of is its state's colour. A texture's lines
        may lie between two rows of pixels and tint both: the nearest of all the states' colours counts.
        """
        states = {name: tuple(int(palette[name][i:i + 2], 16) for i in (1, 3, 5))
                  for name in ('read', 'shared', 'copied', 'zeroed', 'ahead', 'panel')}
        seen = 0
        for name, cells in visit.probe['cells'].items():
            for cell in cells:
                left, top = round(cell['left']) + 4, round(cell['top']) + 10
                right, bottom = left + round(cell['width']) - 8, top + round(cell['height']) - 20
                if bottom > visit.picture.height:
                    continue
                colours = visit.picture.colours(left, top, right, bottom)
                state = 'panel' if cell['state'] == 'untouched' else cell['state']
                (most, count), = colours.most_common(1)
                nearest = min(states, key=lambda known: math.dist(states[known], most))
                self.assertEqual(nearest, state, f'{name}: {cell}: {colours.most_common(3)}')
                self.assertLess(math.dist(states[state], most), 45)
                self.assertGreater(count / colours.total(), 0.1)
                seen += 1
        self.assertEqual(seen, sum(map(len, visit.probe['cells'].values())), 'below the window')

    def check_content(self, visit):
        probe = visit.probe
        by_section = {}
        for cell in probe['cells']['letter.dll']:
            by_section.setdefault(cell['title'].split(' · ')[1].split()[0], cell['state'])
        self.assertEqual({name: by_section[name] for name in LETTER}, LETTER)
        self.assertIn('copied for process 4', str(probe['cells']['letter.dll']))
        self.assertIn('imports bound', str(probe['cells']['demo.exe']))
        self.assertEqual(probe['rows'], min(50, len(self.faults)))
        self.assertIn(f"{max(fault['cycles'] for fault in self.faults):,}", probe['table'])
        self.assertIn('ReadLetter', probe['table'])
        states = [cell['state'] for cells in probe['cells'].values() for cell in cells]
        for state in set(states):
            self.assertEqual(probe['legend'][state], states.count(state), state)

    def check_input(self, visit):
        titles = [cell['title'] for cell in visit.probe['cells']['letter.dll']]
        self.assertTrue(visit.probe['focused'])
        self.assertEqual(visit.probe['keys'], [titles[i] for i in (0, 1, 2, 1, -1, -1)])
        self.assertEqual(visit.probe['pointed'], titles[-1])
        order, time = visit.probe['axes']
        self.assertEqual([len(order), len(time)], [1, 1])
        self.assertIn('axis-order', order[0])
        self.assertIn('axis-time', time[0])

    def test_the_page_on_a_wide_screen_by_day(self):
        from faultmap import palette
        page = self.draw('--images', str(support.DEMO))
        visit = self.look(page.replace('<html ', '<html data-theme="light" ', 1), 1400, 700)
        self.check_content(visit)
        self.check_cells(visit, palette._LIGHT)
        self.check_input(visit)

    def test_the_page_on_a_telephone_by_night(self):
        from faultmap import palette
        page = self.draw('--images', str(support.DEMO))
        visit = self.look(page.replace('<html ', '<html data-theme="dark" ', 1), 390, 1300)
        self.check_content(visit)
        self.check_cells(visit, palette._DARK)
        self.check_input(visit)

    def test_a_script_error_would_be_seen(self):
        page = self.draw()
        with self.assertRaises(AssertionError):
            self.look(page.replace("'use strict';", "'use strict'; nothing.here();"), 390, 300)


if __name__ == '__main__':
    unittest.main()
