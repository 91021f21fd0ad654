"""What a program said here beside what it said under Wine, and what of it may differ."""
import dataclasses
import difflib
import re

SUMMARY = re.compile(r'(\d+) failed')  # The last line of a program that counts (tests/nt/check.h).


@dataclasses.dataclass
class Result:
    name: str
    checks: int
    expected: int        # Differences that have a reason.
    differences: list    # Those that have none, as lines to show.
    ours: bytes
    wine: bytes

    def line(self):
        reasons = f', {self.expected} with a reason' if self.expected else ''
        return f'{self.name:32} {self.checks:5} checks  {len(self.differences):3} differences{reasons}'

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for system in ('ours', 'wine'):
            content = getattr(self, system)
            if content is not None:
                (folder / f'{self.name.replace("/", "_")}.{system}').write_bytes(content)


def compare(run, here, wine):
    """`wine`: None if it did not run; then the program has only its own word."""
    ours = here.output.decode(errors='backslashreplace').splitlines()
    differences = []
    if here.outcome != 'exit':
        differences.append(f'here: no end of its own: {here.outcome}: {here.errors.strip()[-500:]}')
    elif here.status != run.status:
        differences.append(f'here: exit code {here.status:#x}, and it should be {run.status:#x}')
    differences += [f'here: {line}' for line in ours
                    if 'EXPECTED' in line or line.endswith(': NO') or line == 'NO']
    expected = 0
    if wine is not None:
        theirs = wine.output.decode(errors='backslashreplace').splitlines()
        if run.only_wine:
            theirs = [line for line in theirs if not re.match(run.only_wine, line)]
        expected, unlike = _compare_lines(run, ours, theirs)
        differences += unlike
        # The bytes, not only the lines: a line end is one, too.
        if not unlike and not expected and not run.only_wine and here.output != wine.output:
            differences.append('the bytes differ, in what ends the lines')
        if wine.status != here.status and not (expected and wine.status == 1):
            differences.append(f'exit code {_show(here.status)}, Wine\'s {_show(wine.status)}')
    return Result(run.name, _checks(ours), expected, differences, here.output, wine and wine.output)


def _checks(lines):
    """Each line before the last of a program that counts; else its output and its exit code."""
    return len(lines) - 1 if lines and SUMMARY.fullmatch(lines[-1]) else 2


def _show(status):
    return 'none' if status is None else f'{status:#x}'


def _compare_lines(run, ours, theirs):
    """(how many differ as the table says, what differs beside that)."""
    expected, differences = 0, []
    if len(ours) != len(theirs):
        return 0, [line for line in difflib.unified_diff(theirs, ours, 'Wine', 'here', '', '', 0)]
    for our, their in zip(ours, theirs):
        reason = run.reason(our)
        if reason and our != their:
            expected += 1
        elif reason:
            differences.append(f'no longer differs: {our} ({reason})')
        elif our != their and not (expected and SUMMARY.fullmatch(their) and our == ours[-1]):
            differences += [f'here: {our}', f'Wine: {their}']
    return expected, differences
