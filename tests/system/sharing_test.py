"""Programs on Wine's DLLs, all of them off their preferred bases: their code stays shared (tools/sharing)."""
import json
import shutil
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

    def test_eight_at_once_read_what_one_reads(self):
        hello = support.WINDOWS / 'hello.exe'
        alone = self.run_guest(str(hello)).stats
        folder = self.folder / 'disk'
        folder.mkdir()
        shutil.copy(hello, folder)
        crowd = self.run_guest(str(support.WINDOWS / 'crowd.exe'), '8', 'hello.exe',
                               options=['--disk', str(folder)])
        self.assertEqual(crowd.stdout, b'Hello, world\r\n' * 8 + b'8 of 8 ended well\r\n')
        self.assertEqual(crowd.image('hello.exe')['processes_peak'], 8)
        for image in alone['images']:
            together = crowd.image(image['name'].lower())
            # crowd.exe itself calls more of the DLLs.
            self.assertLess(together['pages_read'], image['pages_read'] + 40, image['name'])
            self.assertLessEqual(together['private_pages_peak'], 10 * (image['private_pages_peak'] + 1))
        self.assert_all_given_back(crowd.stats)


if __name__ == '__main__':
    unittest.main()
