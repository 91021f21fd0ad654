"""Little memory, old and new processors, a machine without PCI."""
import unittest

import support


class Machines(support.SystemTest):
    def check(self, *options):
        with self.subTest(options):
            done = self.run_guest('threedll', expect=100, options=options)
            self.assert_all_given_back(done.stats)
            return done

    def test_processors(self):
        for cpu in ('486', 'pentium', 'pentium3', 'qemu32'):
            self.check('--cpu', cpu)

    def test_dma_with_pci_and_pio_without(self):
        self.assertRegex(self.check('--machine', 'pc').log.lower(), 'dma')
        self.assertRegex(self.check('--machine', 'isapc', '--cpu', '486').log.lower(), 'pio')

    def test_memory_sizes(self):
        for memory in ('4', '8', '16', '63', '512', '1024', '2048'):
            self.check('--mem', memory)


if __name__ == '__main__':
    unittest.main()
