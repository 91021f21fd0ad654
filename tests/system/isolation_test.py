"""Programs that try what they must not be able to do, on processors from the i486 on: each act fails in the
way that the tables say, and afterwards nothing is lost. The acts are in tests/guest/isolation*.c."""
import os
import re
import struct
import unittest

import support

HELD, RAN = 0x600D, 0x2A
ACCESS_VIOLATION = 0xC0000005
PRIVILEGED = 0xC0000096
ILLEGAL = 0xC000001D
SINGLE_STEP = 0x80000004
BREAKPOINT = 0x80000003
READ, WRITE, EXECUTE = 0, 1, 8  # ExceptionInformation[0].

PRIVILEGED_ACTS = '''cli sti hlt in out in-dx outs ins lgdt lidt lldt ltr lmsw clts invd wbinvd invlpg read-cr0
    write-cr0 write-cr3 read-dr7 write-dr7 rdmsr wrmsr'''.split()
EXCEPTIONS = {
    'icebp': ILLEGAL,  # A real processor single-steps; the emulator does not know the instruction.
    'int3': BREAKPOINT, 'int3-long': BREAKPOINT, 'into': 0xC0000095, 'bound': 0xC000008C,
    'undefined': ILLEGAL, 'locked-nop': ILLEGAL, 'divide': 0xC0000094, 'too-long': ACCESS_VIOLATION,
    'single-step': SINGLE_STEP, 'single-step-call': SINGLE_STEP, 'single-step-ss': SINGLE_STEP,
    'sysenter-kernel-stack': ACCESS_VIOLATION, 'single-step-sysenter': SINGLE_STEP,
    'nested-return': ACCESS_VIOLATION, 'iret-flags': PRIVILEGED, 'iret-to-vm86': ACCESS_VIOLATION,
}
SYSENTER_ACTS = ('sysenter-kernel-stack', 'single-step-sysenter')
# General protection: an access violation at no address in particular.
REFUSED_ACTS = '''int ds-kernel-code ds-kernel-data es-kernel-data-rpl3 ss-kernel-data ss-user-rpl0 ss-null ss-code
    fs-task gs-task gs-local es-beyond jump-kernel-code jump-kernel-code-rpl3 call-kernel-code call-main-task
    call-double-fault-task call-double-fault-task-rpl3 jump-double-fault-task call-local call-data call-null
    return-to-kernel iret-to-kernel'''.split()
HELD_ACTS = '''flag-direction flag-alignment flag-nested flag-iopl flag-vm86 flag-interrupt traps-with-null
    traps-with-code traps-with-teb traps-with-teb-stack wild-stacks share-image spoil-view see-imports stale-frames
    stale-own-pages stale-registers slack-of-view slack-of-read slack-of-image bad-pointers odd-pointers
    bad-inner-pointers own-outputs large-transfers vanishing-outputs flip-arguments flip-thread-attributes flip-names
    flip-waits flip-position wild-context'''.split()
# Violations at an address, and what was tried there.
VIOLATIONS = {'read': READ, 'write': WRITE, 'jump': EXECUTE, 'write-constants': WRITE, 'write-text': WRITE,
              'write-headers': WRITE, 'write-stubs': WRITE, 'write-file-through-view': WRITE}
# Data that is executed: runs where the processor cannot tell it from code.
DATA_ACTS = '''execute-constants execute-data execute-zeroed-data execute-stack execute-heap execute-read-only
    execute-after-turning-off execute-view execute-across-pages'''.split()
CODE_ACTS = ['execute-after-turning-on', 'execute-executable', 'execute-executable-view']

SLACK_FILE_SIZE = 5001
CLUSTER = 2048
GARBAGE = b'\x5A'
# What isolation_outputs.c and isolation_flips.c find in each slot of a file that nobody has read before.
COLD_SLOT, COLD_SLOTS = 0x10000, 16
COLD_CONTENT = (struct.pack('<6I', 24, 0, 0, 0, 0, 0).ljust(32, b'\0')  # OBJECT_ATTRIBUTES
                + '\\??\\C:\\slack.bin'.encode('utf-16le').ljust(64, b'\0')
                + struct.pack('<I', 4))  # An empty PS_ATTRIBUTE_LIST.


def expected(act, no_execute):
    """The exit status that is right, and for a violation at an address what was tried there."""
    if act in PRIVILEGED_ACTS:
        return PRIVILEGED, None
    if act in EXCEPTIONS:
        return EXCEPTIONS[act], None
    if act in REFUSED_ACTS:
        return ACCESS_VIOLATION, None
    if act in HELD_ACTS:
        return HELD, None
    if act in VIOLATIONS:
        tried = VIOLATIONS[act]
        return ACCESS_VIOLATION, READ if tried == EXECUTE and not no_execute else tried
    if act in CODE_ACTS:
        return RAN, None
    if act in DATA_ACTS:
        return (ACCESS_VIOLATION, EXECUTE) if no_execute else (RAN, None)
    if act == 'execute-fresh-heap':
        # A page of zeros is instructions, too; they run to its end.
        return ACCESS_VIOLATION, EXECUTE if no_execute else None
    raise KeyError(act)


def put_garbage_behind(image, content):
    """Fills the rest of the file's last cluster."""
    with open(image, 'r+b') as disk:
        data = disk.read()
        start = data.index(content)
        end = start + len(content)
        rest = -len(content) % CLUSTER
        assert not any(data[end:end + rest]), 'the file is not in one piece'
        disk.seek(end)
        disk.write(GARBAGE * rest)


class Isolation(support.SystemTest):
    def boot(self, cpu, words):
        content = os.urandom(SLACK_FILE_SIZE).replace(b'\0', b'\1')
        (self.folder / 'slack.bin').write_bytes(content)
        (self.folder / 'cold.bin').write_bytes(COLD_CONTENT.ljust(COLD_SLOT, b'\0') * COLD_SLOTS)
        image = self.folder / 'disk.img'
        support.guest_disk.build(str(image), {('isolation.exe',): str(support.BIN / 'isolation.exe'),
                                      ('exitcode.exe',): str(support.BIN / 'exitcode.exe'),
                                      ('slack.bin',): str(self.folder / 'slack.bin'),
                                      ('cold.bin',): str(self.folder / 'cold.bin')})
        put_garbage_behind(image, content)
        boot = support.Boot(image, 'C:\\isolation.exe', words=f'poison=1 {words}', mem='12', cpu=cpu)
        ended = boot.report('exit')
        self.assertTrue(ended and ended['status'] == 0, boot.explain())
        return boot

    def check(self, cpu, no_execute, words='', smap=False):
        boot = self.boot(cpu, words)
        results = re.findall(r'^(\S+) (0x\w{8}) (0x\w{8})$', bytes(boot.out).decode(), re.MULTILINE)
        self.assertGreater(len(results), 150, boot.explain())
        exceptions = iter([r for r in boot.reports if r.get('event') == 'exception'])
        for act, argument, status in results:
            status = int(status, 16)
            with self.subTest(cpu=cpu, act=act, argument=argument):
                report = None if status in (HELD, RAN) else next(exceptions, None)
                right, tried = expected(act, no_execute)
                if cpu == '486' and act in SYSENTER_ACTS:
                    right = ACCESS_VIOLATION  # QEMU's knows the instruction; a real one does not.
                if act == 'iret-flags' and smap:
                    right = ACCESS_VIOLATION  # See IsRefusedBySmap in kernel/traps.cpp.
                self.assertEqual(hex(status), hex(right), report)
                if report is None:
                    continue
                self.assertEqual(report['status'], right, report)
                if tried is not None:
                    self.assertEqual(report['access'], tried, report)
                    # The last byte, where the first is the program's to read.
                    if act in ('read', 'write', 'jump'):
                        self.assertIn(report['address'] - int(argument, 16), range(4), report)
        for broken in (b'half a write', b'too soon'):
            self.assertNotIn(broken, bytes(boot.out))
        self.assertIsNone(next(exceptions, None), 'an exception that no act accounts for')
        tried_acts = {act for act, _, _ in results}
        for acts in (PRIVILEGED_ACTS, EXCEPTIONS, REFUSED_ACTS, HELD_ACTS, VIOLATIONS, DATA_ACTS, CODE_ACTS):
            self.assertLessEqual(set(acts), tried_acts)
        stats = boot.report('stats')
        self.assert_all_given_back(stats)

    def test_the_oldest_processor(self):
        self.check('486', no_execute=False)

    def test_without_no_execute(self):
        self.check('pentium3', no_execute=False)

    def test_with_no_execute(self):
        self.check('core2duo', no_execute=True)

    def test_with_smep_and_smap_too(self):
        self.check('max', no_execute=True, smap=True)


if __name__ == '__main__':
    unittest.main()
