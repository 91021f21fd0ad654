"""tools/lib/setup.sh: progress lines, and what they leave behind."""
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

    def test_leaves_no_lock_behind(self):
        """Two builds one after the other: the second must not wait for the first one's progress line."""
        for fd in (7, 8, 9):
            with tempfile.NamedTemporaryFile() as lock:
                script = (f'source {SETUP}; exec {fd}>>{lock.name}; flock {fd}; fl_slowly Working true; '
                          f'exec {fd}>&-; flock --nonblock {lock.name} true')
                self.assertEqual(subprocess.run(['bash', '-c', script]).returncode, 0)


if __name__ == '__main__':
    unittest.main()
