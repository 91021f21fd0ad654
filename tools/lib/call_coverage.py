"""Which system calls the programs of tools/differential made, by the kernel's own count (runpe --stats)."""


class Coverage:
    def __init__(self):
        self._counts, self._missing, self._ntdll = {}, set(), 0

    def add(self, stats):
        for name, count in stats.get('system_calls', {}).items():
            self._counts[name] = self._counts.get(name, 0) + count
        self._missing.update(stats.get('missing_calls', []))
        self._ntdll = max(self._ntdll, stats.get('ntdll_calls', 0))

    def figures(self):
        return {'known': len(self._counts), 'made': sum(count > 0 for count in self._counts.values()),
                'never_made': sorted(name for name, count in self._counts.items() if not count),
                'asked_for_in_vain': sorted(self._missing), 'of_ntdll': self._ntdll}

    def line(self):
        figures = self.figures()
        text = (f"system calls: {figures['made']} made by at least one run / {figures['known']} known "
                f"(ntdll has {figures['of_ntdll']})")
        if figures['never_made']:
            text += '\n  never made: ' + ', '.join(figures['never_made'])
        if figures['asked_for_in_vain']:
            text += '\n  asked for and not there: ' + ', '.join(figures['asked_for_in_vain'])
        return text
