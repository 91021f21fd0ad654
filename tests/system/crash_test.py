"""An unhandled exception ends only its process, with NT's status and a report that says where."""
import re
import unittest

import support

ACCESS_VIOLATION = 0xC0000005
# kind: (exit status, what the report says of the access and the address)
KINDS = {
    'null-read': (ACCESS_VIOLATION, r'read.*0x00000000'),
    'null-write': (ACCESS_VIOLATION, r'writ.*0x00000008'),
    'code-write': (ACCESS_VIOLATION, r'writ'),
    'jump-null': (ACCESS_VIOLATION, r'execut|read'),
    'jump-free': (ACCESS_VIOLATION, r'(execut|read).*0x7ffd0000'),
    'jump-unmapped': (0xC000001D, r''),
    'kernel-read': (ACCESS_VIOLATION, r'read.*0x80000000'),
    'kernel-write': (ACCESS_VIOLATION, r'writ.*0x80100000'),
    'kernel-jump': (ACCESS_VIOLATION, r'(execut|read).*0x80100000'),
    'top-read': (ACCESS_VIOLATION, r'read.*0xffffffff'),
    'bad-stack': (ACCESS_VIOLATION, r'writ.*0x0000000c'),
    'bad-segment': (ACCESS_VIOLATION, r''),
    'stack': (0xC00000FD, r''),
    'guard': (0x80000001, r''),
    'divide': (0xC0000094, r''),
    'illegal': (0xC000001D, r''),
    'privileged': (0xC0000096, r''),
    'port': (0xC0000096, r''),
    'breakpoint': (0x80000003, r''),
    'single-step': (0x80000004, r''),
    'step-call': (0x80000004, r''),
    'flags': (0xC000001D, r''),
}


class Crash(support.SystemTest):
    def test_each_kind(self):
        for kind, (status, access) in KINDS.items():
            with self.subTest(kind):
                done = self.run_guest('crash', kind, expect=status)
                report = done.stderr.lower()
                self.assertIn(f'{status:08x}', report, done.explain())
                self.assertRegex(report, re.compile(access, re.DOTALL), done.explain())
                if not kind.startswith('jump') and kind != 'kernel-jump':
                    self.assertRegex(report, r'crash\.exe\+0x[0-9a-f]+', done.explain())
                self.assert_all_given_back(done.stats)

    def test_the_region_is_named(self):
        self.assertRegex(self.run_guest('crash', 'null-read', expect=ACCESS_VIOLATION).stderr.lower(),
                         'free|not user space')
        self.assertRegex(self.run_guest('crash', 'code-write', expect=ACCESS_VIOLATION).stderr.lower(),
                         'image')

    def test_other_processes_go_on(self):
        done = self.run_guest('spawn', '4', 'C:\\crash.exe', 'null-read',
                              options=self.disk('crash.exe'))
        self.assertEqual(done.stdout, b'ended 0xc0000005\n' * 4)
        self.assert_all_given_back(done.stats)


if __name__ == '__main__':
    unittest.main()
