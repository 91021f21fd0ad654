"""The time axis: for each process a lane of bars, stacked by what the faults did."""
from . import palette
from .model import CATEGORIES
from .strips import amount, escape

MAX_LANES = 8
_LANE, _TOP, _AXIS = 56, 18, 22


class Axis:
    """Where a fault lies: by the time-stamp counter, or by its number where time says little."""

    def __init__(self, model, by_time):
        self.by_time = by_time
        self.values = model.times if by_time else range(1, model.faults + 1)
        self.low = min(self.values, default=0)
        self.high = max(self.values, default=1)
        self.unit, self.scale = 'fault', 1
        if by_time:
            span = self.high - self.low
            self.unit, self.scale = next((unit, scale) for unit, scale in
                                         (('Gcycles', 1e9), ('Mcycles', 1e6), ('kcycles', 1e3),
                                          ('cycles', 1)) if span >= 2 * scale or scale == 1)

    def bin(self, value, bins):
        return min(bins - 1, (value - self.low) * bins // max(1, self.high - self.low + 1))

    def text(self, value):
        # Time counts from the first fault.
        value -= self.low if self.by_time else 0
        return f'{value / self.scale:,.4g}' if self.scale > 1 else f'{value:,}'

    def at(self, part, bins):
        return self.text(self.low + (self.high - self.low + (not self.by_time)) * part // bins)


def lanes(model):
    """[(pids, label)]: the busiest processes in order of their number, then all others as one."""
    counts = {}
    for pid in model.pids:
        counts[pid] = counts.get(pid, 0) + 1
    busiest = sorted(counts, key=lambda pid: (-counts[pid], pid))
    shown = busiest if len(busiest) <= MAX_LANES else busiest[:MAX_LANES - 1]
    result = []
    for pid in sorted(shown):
        name = model.processes.get(pid) or ('the kernel' if pid == 0 else 'process')
        result.append(({pid}, f'{name} {pid}' if pid else name, counts[pid]))
    rest = set(busiest) - set(shown)
    if rest:
        result.append((rest, f'{len(rest)} other processes', sum(counts[pid] for pid in rest)))
    return result


def svg(model, width, bins, by_time):
    axis, rows = Axis(model, by_time), lanes(model)
    lane_of = {pid: lane for lane, (pids, _, _) in enumerate(rows) for pid in pids}
    table = [[[0] * len(CATEGORIES) for _ in range(bins)] for _ in rows]
    for value, pid, what in zip(axis.values, model.pids, model.categories):
        table[lane_of[pid]][axis.bin(value, bins)][what] += 1
    highest = max((sum(cell) for lane in table for cell in lane), default=1)
    step, parts = width / bins, []
    for number, (lane, (_, label, count)) in enumerate(zip(table, rows)):
        base = (number + 1) * (_LANE + _TOP)
        parts.append(f'<text class="t" x="0" y="{base - _LANE - 5}">{escape(label)} · '
                     f'{amount(count, "fault")}</text>'
                     f'<path class="b" d="M0 {base}.5H{width}"/>')
        for index, cell in enumerate(lane):
            if any(cell):
                parts.append(_bar(cell, index, step, base, highest, axis, bins))
    height = len(rows) * (_LANE + _TOP) + _AXIS
    ticks = ''.join(
        f'<text class="t" x="{width * part / 4:g}" y="{height - 6}" text-anchor="{anchor}">'
        f'{axis.at(part, 4)}{" " + axis.unit if part == 4 and by_time else ""}</text>'
        for part, anchor in enumerate(('start', 'middle', 'middle', 'middle', 'end'))
        if width > 600 or part % 2 == 0)
    what = 'time since the first fault' if by_time else 'order of the faults'
    return (f'<svg class="axis" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            f'role="img" aria-label="Faults of each process by {what}; the highest bar stands for '
            f'{highest}">{"".join(parts)}{ticks}</svg>')


def _bar(cell, index, step, base, highest, axis, bins):
    said = ', '.join(f'{count:,} {palette.FAULT_WORDS[what].split(":")[0]}'
                     for what, count in zip(CATEGORIES, cell) if count)
    range_text = f'{axis.at(index, bins)} to {axis.at(index + 1, bins)}'
    unit = f' {axis.unit}' if axis.by_time else ''
    # What is there must be seen: no bar is lower than three pixels.
    high = max(3.0, _LANE * sum(cell) / highest)
    y, parts = float(base), []
    for what, count in zip(CATEGORIES, cell):
        if count:
            part = high * count / sum(cell)
            y -= part
            parts.append(palette.bar(what, round(index * step + .5, 2), round(y, 2),
                                     round(step - 1, 2), round(part, 2)))
    title = (f'{range_text}{unit}: ' if axis.by_time else f'faults {range_text}: ') + said
    return f'<g class="c">{"".join(parts)}<title>{escape(title)}</title></g>'
