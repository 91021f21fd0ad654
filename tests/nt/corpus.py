"""The programs of tests/nt/ as tools/differential runs them, here and under the real Wine 8.0.

Standard output must be equal byte for byte, and so must the exit code. Where they cannot be, the reason stands
here, with the checks that differ: a check is the text of a line before its first ": ". Exactly these lines must
differ, and Wine's exit code then says so.
"""
import dataclasses


@dataclasses.dataclass
class Run:
    program: str                                   # tests/nt/bin/PROGRAM.exe
    arguments: list = dataclasses.field(default_factory=list)
    stdin: bytes = b''
    name: str = ''                                 # Of several runs of one program, each has one.
    dlls: list = dataclasses.field(default_factory=list)  # That it loads at run time.
    disk: str = ''                                 # A folder in tests/nt/: what is in it lies in C:\ too.
    only_wine: str = ''                            # Lines that match this are Wine's alone, and why:
    because: str = ''
    differs: dict = dataclasses.field(default_factory=dict)  # {reason: [checks]}
    status: int = 0                                # The exit code here.
    seconds: int = 120

    def __post_init__(self):
        self.name = self.name or self.program

    def reason(self, line):
        """Why the output's line is not as Wine's, if it may differ."""
        check = line.split(': ')[0].strip()
        return next((why for why, checks in self.differs.items() if check in checks), None)


WORDS = ['', 'two words', 'a"b', 'back\\slash\\', '\\"', '\\\\"q', '*?', 'tab\there', "'x'", '%PATH%', '^&|<>']

RUNS = [
    Run('hello'),
    Run('args', only_wine='WINE[A-Z0-9]+=', because='Wine tells its DLLs of the host by variables'),
    Run('args', WORDS, name='args with quotes', only_wine='WINE[A-Z0-9]+=',
        because='Wine tells its DLLs of the host by variables'),
    Run('upper'),
    Run('upper', stdin=bytes(range(256)) * 300, name='upper of 76,800 bytes'),
    *(Run('exitcode', [status, how], name=f'exitcode {status} {how}', status=int(status, 0))
      for status, how in [('0', 'return'), ('1', 'exit'), ('259', '_exit'), ('0xC0000005', 'ExitProcess'),
                          ('0x12345678', 'TerminateProcess')]),
    Run('cpp', ['streams', 'maps', 'exceptions', 'threads']),
    Run('cpp_static', ['streams', 'maps', 'exceptions', 'threads']),
    Run('library', disk='disk'),
    Run('stdio'),
    Run('memory', differs={
        'Freeing what is free: NT knows of no memory there, Wine of no valid parameter': ['error of what is free'],
        'Wine tells of pages that were copied as if they were still to be': ['written by now'],
        'Wine reads a process\'s memory whatever its protection': [
            'read into what has no access', 'a part at most']}),
    Run('sections', differs={
        'Wine tells of pages that were copied as if they were still to be': ['written to by now']}),
    Run('heaps'),
    Run('storage'),
    Run('exceptions'),
    Run('frames'),
    Run('fpu'),
    *(Run('crash', how.split(), name=f'crash {how}', status=status) for how, status in [
        ('null', 0xC0000005), ('divide', 0xC0000094), ('undefined', 0xC000001D), ('breakpoint', 0x80000003),
        ('raise', 0xE0FFEE01), ('abort', 3), ('call', 0xC0000005), ('nothing', 0), ('filtered null', 0xC0000005),
        ('filtered raise', 0xE0FFEE01)]),
    Run('zones'),
    Run('letters'),
    Run('surroundings'),
    Run('reads', disk='disk'),
    Run('dlls', disk='disk', dlls=['inner.dll', 'outer.dll', 'refuses.dll']),
    Run('calls'),
    Run('alerts'),
    Run('handles'),
    Run('names'),
    Run('ports'),
    Run('threads'),
    Run('timers'),
    Run('version'),
    Run('objects', differs={
        'A symbolic link that is made in Wine 8.0 cannot be opened by its name, only through': [
            'open the link', 'query it', 'ends with a zero', 'query it, no room'],
        'NT says that the buffer overflows if the head has room; Wine asks for all of it': [
            'name, room for the head']}),
    Run('registry', differs={
        'NT refuses with STATUS_CANNOT_DELETE, Wine with STATUS_ACCESS_DENIED': ['delete what has keys']}),
    Run('tokens', differs={
        'NT knows no such class; Wine says that it is not implemented': ['no such class'],
        'NT tells what was changed; Wine tells of all': ['enable it again: changed', 'enable it again']}),
    Run('as_on_nt', differs={
        'Wine 8.0 has no alerts of threads': [
            'alert myself', 'an alertable one', 'alerted once', 'the alert comes first', 'no call yet',
            'a keyed event', 'alert a sleeper', 'wakes it', 'sleeps no more, or had its alert before'],
        'Wine looks for no thread before it alerts': ['alert of nobody'],
        'Wine does not tell that nobody else was ready': ['nobody else is ready'],
        'Wine checks less of a timer\'s parameters': ['a timer of no kind', 'a negative period'],
        'A timer that is closed takes its call back on NT': ['closed when due', 'takes its call back'],
        'Wine needs a target to close a source': ['closed from outside'],
        'Wine ends the wait for a port otherwise': ['is abandoned']}),
]
