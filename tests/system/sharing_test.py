"""Programs on Wine's DLLs, all of them off their preferred bases: their code stays shared (tools/sharing)."""
import json
import subprocess
import unittest

import support

SEEDS = 2


class Sharing(support.SystemTest):
    def test_no_page_of_code_becomes_private(self):
        figures = self.folder / 'figures.json'
        done = subprocess.run(
            [support.ROOT / 'tools/sharing', '--seeds', str(SEEDS), '--json', str(figures),
             support.WINDOWS / 'hello.exe'], env=support.ENVIRONMENT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        images = json.loads(figures.read_text())['images']
        self.assertLessEqual({'ntdll.dll', 'kernelbase.dll', 'kernel32.dll', 'msvcrt.dll',
                              'hello.exe'}, set(images))
        for name, image in images.items():
            self.assertEqual(image['moved'], SEEDS, name)
            self.assertEqual(image['private_code'], [0] * SEEDS, name)
            self.assertLess(max(image['private']), 10, name)


if __name__ == '__main__':
    unittest.main()
