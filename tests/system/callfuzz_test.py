"""Half a minute of random system calls (tools/callfuzz), by programs of both kinds."""
import json
import subprocess
import unittest

import support

SECONDS = 15


class CallFuzz(support.SystemTest):
    def test_random_calls_do_the_kernel_no_harm(self):
        figures = self.folder / 'figures.json'
        done = subprocess.run([support.ROOT / 'tools/callfuzz', '--seconds', str(SECONDS),
                               '--json', str(figures)], env=support.ENVIRONMENT,
                              capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
        for mode, result in json.loads(figures.read_text()).items():
            # Known, to be mended: one program in hundreds leaves three blocks of the heap behind.
            self.assertEqual([p for p in result['problems'] if p['what'] != 'lost'], [], mode)
            self.assertGreater(result['calls'], 5000, mode)


if __name__ == '__main__':
    unittest.main()
