// What a square or a bar says, in the line below it: under the pointer, at a touch, and by arrow keys.
'use strict';

const marks = (group) => [...group.querySelectorAll('.c')];

function say(mark) {
  const card = mark.closest('.card');
  card.querySelectorAll('.c.at').forEach((other) => other.classList.remove('at'));
  mark.classList.add('at');
  card.querySelector('.said').textContent = mark.querySelector('title').textContent;
}

// The next mark in a direction: the nearest whose middle lies there.
function neighbour(all, from, dx, dy) {
  const middle = (mark) => {
    const box = mark.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const mark of all) {
    const [mx, my] = middle(mark);
    const along = (mx - x) * dx + (my - y) * dy;
    const aside = Math.abs((mx - x) * dy) + Math.abs((my - y) * dx);
    if (mark === from || along < 4 || along < aside / 2) continue;
    if (along + 2 * aside < least) [best, least] = [mark, along + 2 * aside];
  }
  return best;
}

const KEYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

function onKey(event) {
  const all = marks(event.currentTarget);
  if (!all.length) return;
  const now = all.find((mark) => mark.classList.contains('at'));
  let next = null;
  if (event.key === 'Home') next = all[0];
  else if (event.key === 'End') next = all[all.length - 1];
  else if (KEYS[event.key]) next = now ? neighbour(all, now, ...KEYS[event.key]) || now : all[0];
  else return;
  event.preventDefault();
  say(next);
}

for (const group of document.querySelectorAll('.card [tabindex]')) {
  group.addEventListener('keydown', onKey);
  for (const type of ['pointerover', 'click']) {
    group.addEventListener(type, (event) => {
      const mark = event.target.closest('.c');
      if (mark) say(mark);
    });
  }
}

for (const button of document.querySelectorAll('[data-axis]')) {
  button.addEventListener('click', () => {
    for (const other of document.querySelectorAll('[data-axis]')) {
      const chosen = other === button;
      other.setAttribute('aria-pressed', String(chosen));
      for (const axis of document.querySelectorAll('.axis-' + other.dataset.axis)) {
        axis.hidden = !chosen;
      }
    }
  });
}
