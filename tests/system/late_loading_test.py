"""Loading and unloading at run time: DllMain, static TLS, reference counts; nothing is left behind."""
import unittest

import support

ROUND = '''\
latedep: attach
late: TLS callback, attach
late: attach
20 + 22 = 42, 2 * 21 = 42, counting: 101 102
late: TLS callback, detach
late: detach
latedep: detach
'''


class LateLoading(support.SystemTest):
    def test_loading_twice_runs_everything_twice(self):
        done = self.run_guest('lateload', options=self.disk('late.dll', 'latedep.dll'))
        self.assertEqual(done.stdout.decode(), f'{ROUND}once more\n{ROUND}', done.explain())
        self.assert_all_given_back(done.stats)

    def test_a_dll_that_is_not_there(self):
        done = self.run_guest('lateload', expect=0xC0000135)
        self.assertEqual(done.stdout.decode(), 'LdrLoadDll 0xc0000135\n')
        self.assertIn('late.dll: is not found', done.log)
        done = self.run_guest('lateload', options=self.disk('late.dll'), expect=0xC0000135)
        self.assertIn('late.dll: needs latedep.dll, which is not found', done.log)
        self.assert_all_given_back(done.stats)


if __name__ == '__main__':
    unittest.main()
