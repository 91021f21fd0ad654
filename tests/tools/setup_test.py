"""tools/lib/setup.sh: a progress line goes behind what stderr's file holds already."""
import pathlib
import subprocess
import tempfile
import unittest

SETUP = pathlib.Path(__file__).resolve().parents[2] / 'tools/lib/setup.sh'


class Slowly(unittest.TestCase):
    def test_keeps_what_a_log_file_holds(self):
        script = f'source {SETUP}; echo first; fl_slowly Working sleep 3; echo last'
        with tempfile.TemporaryFile() as log:
            subprocess.run(['bash', '-c', script], stdout=log, stderr=log, check=True)
            log.seek(0)
            self.assertEqual(log.read(), b'first\nWorking...\nlast\n')


if __name__ == '__main__':
    unittest.main()
