"""tools/gdb/faultline.py on a live kernel: it must say what the kernel's own monitor says.

The kernel stands still in its monitor, or at a breakpoint, while gdb reads it through QEMU's stub, which
listens on a socket in the test's folder.
"""
import re
import subprocess
import types
import unittest

import monitor_test
import support

import machine  # noqa: E402  (support knows where it is)

COMMANDS = support.ROOT / 'tools/gdb/faultline.py'


class Gdb(monitor_test.Terminal):
    def boot(self, program, *more, monitor=True, cpu='pentium3'):
        disk = self.folder / 'disk.img'
        path = support.pathlib.Path(program)
        dlls = [str(dll) for dll in path.parent.glob('*.dll')]
        support.guest_disk.build(str(disk), support.guest_disk.collect(str(path), dlls, []))
        self.stub = str(self.folder / 'gdb')
        com1 = str(self.folder / 'com1')
        guest = machine.Machine(
            kernel=str(support.KERNEL), disk=str(disk), log=str(self.folder / 'log'),
            options=types.SimpleNamespace(machine='pc', cpu=cpu, mem='64', icount=False,
                                          gdb=False, monitor=com1 if monitor else None),
            kernel_command_line=f'host=1 seed=1 monitor={int(monitor)} -- C:\\{path.name}',
            more_arguments=['-gdb', f'unix:{self.stub},server=on,wait=off', *more])
        for name, port in (('out', 0xE9), ('err', 0xEA), ('reports', 0xEB)):
            guest.output(name, port, lambda data: None)
        self.addCleanup(guest.stop)
        with open(self.folder / 'qemu.err', 'wb') as errors:
            guest.start(errors)
        if monitor:
            self.connect(com1, lambda: True)

    def gdb(self, *commands):
        """The lines that each command prints."""
        arguments = ['gdb', '-nx', '-batch', '-ex', 'set pagination off', '-ex', 'set width 0',
                     '-ex', 'set architecture i386', '-ex', f'target remote {self.stub}',
                     '-x', str(COMMANDS)]
        for command in commands:
            arguments += ['-ex', r'printf "\n=====\n"', '-ex', command]
        arguments += ['-ex', r'printf "\n=====\n"']  # What it says at its end is no answer.
        done = subprocess.run([*arguments, str(support.KERNEL)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=240)
        answers = done.stdout.split('\n=====\n')[1:-1]
        self.assertEqual(len(answers), len(commands), done.stdout + done.stderr)
        return [answer.splitlines() for answer in answers] + [done.stderr]

    def test_says_what_the_monitor_says(self):
        self.compare('pentium3', '32-bit')

    def test_says_it_of_long_page_table_entries_too(self):
        self.compare('n270', 'PAE')

    def compare(self, cpu, tables):
        self.boot(support.BIN / 'spinner.exe', cpu=cpu)
        self.stop_in('spinner.exe')
        questions = ['processes', 'threads', 'regions 4', 'regions', 'regions system', 'sections',
                     'frames']
        monitor = [self.ask(question) for question in questions]
        address = self.stopped_at[1]
        entry = self.ask(f'pte {address}')
        *answers, pte, pte_of_4, nothing, errors = self.gdb(
            *(f'fl {question}' for question in questions), f'fl pte {address}',
            f'fl pte {address} 4', 'fl regions 5')
        strip = lambda lines: [line.rstrip() for line in lines]  # noqa: E731
        for question, said, expected in zip(questions, answers, monitor):
            self.assertEqual(strip(said), strip(expected), f'{question}\n{errors}')
        frame = re.match('entry: frame (\\w+) r-x', entry[1])[1]
        for answer in (pte, pte_of_4):
            self.assertRegex(answer[0], f'^{tables} tables, root ')
            self.assertRegex(answer[-2], r'^pte [0-9a-f]+ read-only user')
            self.assertTrue(answer[-1].startswith(f'frame {frame}, physical '), answer)
        self.assertEqual(nothing, [])
        self.assertIn('there is no process 5', errors)
        # It was not disturbed.
        self.assertEqual(self.ask('frames'), monitor[-1])

    def test_the_monitor_survives_broken_memory(self):
        self.boot(support.BIN / 'spinner.exe')
        self.stop_in('spinner.exe')
        node = "'fl::kernel::the_kernel'->processes.head_.next_"
        for broken, words in (
                (f'set var {node}->next_ = {node}', 'given up: more than 4096 lines'),
                (f'set var {node} = 0xdeadbee0', 'given up: page fault at 0xdeadbe'),
                ("set var 'fl::kernel::the_kernel'->scheduler.current_ = 16",
                 'given up: page fault at 0x000000')):
            errors = self.gdb(broken)[-1]
            self.assertIn(words, self.ask('threads' if 'current_' in broken else 'processes')[-1],
                          errors)
            self.assertRegex(self.ask('frames')[-1], '^committed ')

    def test_a_breakpoint_at_a_copy_on_write(self):
        self.boot(support.DEMO / 'demo.exe', '-S', monitor=False)
        before, _, stopped, processes, threads, regions, pte, errors = self.gdb(
            'fl processes', "hbreak 'fl::mm::AddressSpace::MapPrivateCopy'", 'continue',
            'fl processes', 'fl threads', 'fl regions', 'fl pte page.value*4096')
        self.assertEqual(before, [])
        self.assertIn('the kernel has not started yet', errors)
        self.assertIn('MapPrivateCopy', ' '.join(stopped))
        self.assertEqual([line.split()[-1] for line in processes[1:]], ['demo.exe', 'demo.exe'])
        self.assertEqual([line.split()[2] for line in threads[1:]].count('running'), 1)
        self.assertIn('letter.dll', ' '.join(regions))
        # The page that is to be copied: shared, and so not writable.
        self.assertRegex(pte[-2], r'^pte [0-9a-f]+ read-only user', errors)


if __name__ == '__main__':
    unittest.main()
