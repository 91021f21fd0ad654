"""With --icount the clock counts instructions: the same run gives the same faults, one by one."""
import unittest

import support


class Repeat(support.SystemTest):
    def test_same_trace_twice(self):
        def once():
            done = self.run_guest('threedll', expect=100, options=['--icount'], trace=True)
            self.assertTrue(done.trace)
            # When the disk answers is the host's business, and with it the cycles of a fault.
            return [{**fault, 'cycles': None, 'time': None} for fault in done.trace]
        self.assertEqual(once(), once())

    def test_same_bases_for_the_same_seed_only(self):
        def bases(seed):
            done = self.run_guest('threedll', expect=100, options=['--seed', str(seed)])
            return {image['name']: image['base'] for image in done.stats['images']}
        self.assertEqual(bases(7), bases(7))
        self.assertNotEqual(bases(7), bases(8))


if __name__ == '__main__':
    unittest.main()
