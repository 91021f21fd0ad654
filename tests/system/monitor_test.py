"""The kernel monitor on COM1: it answers while programs run, after a bugcheck, and about nonsense."""
import re
import socket
import subprocess
import time
import unittest

import support


class Terminal(support.SystemTest):
    """Who sits at COM1."""

    def connect(self, path, is_alive):
        terminal = socket.socket(socket.AF_UNIX)
        self.addCleanup(terminal.close)
        deadline = time.monotonic() + 60
        while True:
            try:
                terminal.connect(path)
                break
            except OSError:
                self.assertTrue(is_alive())
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
        terminal.settimeout(60)
        self.terminal, self.seen = terminal, b''

    def wait_for(self, pattern):
        """What comes until the pattern, without it."""
        while not (found := re.search(pattern, self.seen)):
            more = self.terminal.recv(4096)
            self.assertTrue(more, f'{pattern} did not come: {self.seen[-1500:]}')
            self.seen += more
        before, self.seen = self.seen[:found.start()], self.seen[found.end():]
        return before.decode()

    def stop_programs(self):
        """A key, again and again: at first the kernel has no ears yet."""
        self.terminal.settimeout(0.3)
        deadline = time.monotonic() + 60
        while b'stand still' not in self.seen:
            self.assertLess(time.monotonic(), deadline, self.seen)
            try:
                self.terminal.sendall(b'\x03')
                self.seen += self.terminal.recv(4096)
            except TimeoutError:
                pass
        self.terminal.settimeout(60)
        self.stopped_at = re.search(r'User mode at 0x(\w+)', self.wait_for(b'fl> '))
        self.assertEqual(self.ask('x' * 100)[-1], f'"{"x" * 78}" is no command; "help" lists them')

    def stop_in(self, name):
        """Stops when the program's own code runs; returns the processes."""
        patience = 0.2
        while True:
            self.stop_programs()
            processes = self.ask('processes')
            # At the very first instruction its page may not be there yet.
            if self.stopped_at and any('entry: frame' in line for line in
                                       self.ask(f'pte {self.stopped_at[1]}')):
                self.assertIn(name, processes[1])
                return processes
            self.assertLess(patience, 60, processes)
            self.go_on()
            time.sleep(patience)  # Each stop costs it time.
            patience *= 2

    def ask(self, command):
        """The lines of the answer."""
        self.terminal.sendall(command.encode() + b'\r')
        self.wait_for(re.escape(command[:78].encode()) + rb'\r\n')  # The echo.
        return re.split(r'\r?\n', self.wait_for(rb'fl> '))[:-1]  # The log's lines end in \n alone.

    def go_on(self):
        self.terminal.sendall(b'continue\r')


class Monitor(Terminal):
    def start(self, program, *options):
        """runpe with a monitor; returns the process."""
        path = str(self.folder / 'com1')
        # Both streams together: what it says is looked at when something fails.
        self.log = self.folder / 'kernel.log'
        runpe = subprocess.Popen(
            support.command(support.guest(program), options=[
                '--quiet', '--monitor', path, '--timeout', '120', '--kernel-log', str(self.log),
                *options]),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=support.ENVIRONMENT)
        self.addCleanup(runpe.stdout.close)
        self.addCleanup(runpe.wait)
        self.addCleanup(runpe.terminate)
        self.connect(path, lambda: runpe.poll() is None)
        return runpe

    def test_answers_while_a_program_runs(self):
        runpe = self.start('spinner')
        processes = self.stop_in('spinner.exe')
        self.assertRegex(processes[1], r'^ +4 +0 +\d+ +\d+ +\d+ spinner\.exe$')
        threads = self.ask('threads')
        self.assertRegex(threads[1], r'^ *\d+ +4 running +8 ')

        regions = self.ask('regions 4')
        image = next(line for line in regions if line.startswith('00400000'))
        self.assertRegex(image, r'^00400000 +1 committed +image +002 00400000 spinner\.exe$')
        address = self.stopped_at[1]  # The code that runs: its page is there.
        self.assertEqual(self.ask('regions'), regions)  # It is the one that runs.
        self.assertIn(f'{len(regions) - 2} regions, ', regions[-1])

        entry = self.ask(f'pte {address}')
        self.assertRegex(entry[0], r'^004\w+ +\d+ +committed +image +020 00400000 spinner\.exe$')
        self.assertRegex(entry[1], r'^entry: frame [0-9a-f]{5} r-x')
        self.assertRegex(entry[2], r'^frame: section, mapped by 1, page \d+ of its owner$')
        self.assertEqual(self.ask('pte 0x7fff0000'), ['no region can lie there'])
        self.assertEqual(self.ask('pte 80100000'), ['direct map: physical 00100000'])
        self.assertIn('region: free', self.ask('pte 10000000'))

        sections = self.ask('sections')
        line = next(line for line in sections if line.endswith(' spinner.exe'))
        self.assertRegex(line, r'^image +00400000 ')
        frames = dict(line.split() for line in self.ask('frames')[:-1])
        uses = {name: int(count) for name, count in frames.items()}
        self.assertEqual(sum(uses.values()) - uses['all'], uses['all'])
        self.assertIn('spinner.exe', ' '.join(self.ask('faults')))
        self.assertIn('continue   the programs run on', self.ask('help'))

        # It goes on, and can be stopped again.
        self.go_on()
        self.stop_programs()
        self.assertEqual(self.ask('processes')[0], processes[0])
        runpe.terminate()

    def test_nonsense_gets_an_answer(self):
        runpe = self.start('spinner')
        self.stop_programs()
        for command, answer in (
                ('pte', 'is no address'), ('pte xyz', 'is no address'), ('pte 1ffffffff', 'no address'),
                ('regions 5', 'there is no process 5'), ('regions x', 'is no process number'),
                ('pte 400000 99999999999', 'is no process number'), ('regions ~', 'is no process'),
                ('%s%s%n', 'is no command')):
            self.assertIn(answer, self.ask(command)[-1], command)
        # Bytes that no terminal sends, and more of them than a line holds.
        self.terminal.sendall(bytes(range(128, 256)) * 4 + b'\0\x1b[A\x7f\x08' * 50 + b'\x15')
        self.wait_for(rb'fl> ')
        self.terminal.sendall(b'helq\x08p\r')
        self.assertIn('processes', self.wait_for(rb'fl> '))
        runpe.terminate()

    def test_a_program_ends_as_ever_after_it_was_stopped(self):
        runpe = self.start('timing')
        self.stop_programs()
        self.go_on()
        output = runpe.stdout.read()
        self.assertEqual(runpe.wait(), 0, output)

    def test_after_a_bugcheck(self):
        runpe = self.start('hello', '--append', 'bugcheck=1')
        before = self.wait_for(rb'fl> ')
        self.assertIn('*** BUGCHECK ***', before)
        self.assertIn('The machine ends at "continue".', before)
        self.assertRegex(self.ask('frames')[-1], r'^committed \d+ of \d+ pages$')
        self.assertEqual(self.ask('regions'), ['no process runs: name one, or "system"'])
        self.assertRegex(self.ask('regions system')[-1], r'^\d+ regions')
        self.go_on()
        output = runpe.stdout.read().decode()
        self.assertEqual(runpe.wait(), 247, output)
        self.assertIn('bugcheck: the command line asks for a bugcheck', output)
        self.assertIn('*** BUGCHECK ***', self.log.read_text())  # The log has it, too.


if __name__ == '__main__':
    unittest.main()
