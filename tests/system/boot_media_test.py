"""The ISO image boots into the demo: from a CD, from a USB stick, from a hard disk."""
import pathlib
import subprocess
import tempfile
import time
import unittest

import demo_test
import support


class BootMedia(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='faultline-test-')
        cls.addClassCleanup(cls.folder.cleanup)
        cls.iso = pathlib.Path(cls.folder.name) / 'faultline.iso'
        subprocess.run([str(support.ROOT / 'tools/make_iso'), str(cls.iso)], check=True,
                       env=support.ENVIRONMENT, timeout=180)

    def boot(self, *devices):
        serial = pathlib.Path(self.folder.name) / f'{self.id()}.txt'
        machine = subprocess.Popen(
            ['qemu-system-i386', '-accel', 'tcg', '-m', '32', '-nodefaults', '-no-user-config',
             '-vga', 'std', '-display', 'none', '-no-reboot', '-serial', f'file:{serial}', *devices],
            stdin=subprocess.DEVNULL)
        try:
            end, said = time.monotonic() + support.TIMEOUT, ''
            while time.monotonic() < end and machine.poll() is None:
                said = serial.read_text(errors='replace') if serial.exists() else ''
                if all(words in said for words in demo_test.WORDS):
                    return
                time.sleep(0.2)
            self.fail(f'QEMU: {machine.poll()}; the serial line said:\n{said}')
        finally:
            machine.kill()
            machine.wait()

    def test_cd(self):
        self.boot('-cdrom', str(self.iso), '-boot', 'd')

    def test_usb_stick(self):
        self.boot('-drive', f'if=none,id=stick,format=raw,readonly=on,file={self.iso}',
                  '-device', 'qemu-xhci', '-device', 'usb-storage,drive=stick,bootindex=0')

    def test_hard_disk(self):
        self.boot('-drive', f'if=ide,format=raw,snapshot=on,file={self.iso}', '-boot', 'c')


if __name__ == '__main__':
    unittest.main()
