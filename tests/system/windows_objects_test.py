"""Names of objects, the registry that user/registry.txt begins, tokens: programs that say what they see, check by
check."""
import unittest

import support


class WindowsObjects(support.SystemTest):
    def test_names_directories_and_links(self):
        self.check_windows('objects')

    def test_the_registry(self):
        self.check_windows('registry')

    def test_tokens(self):
        self.check_windows('tokens')

    def test_the_version(self):
        self.check_windows('version')


if __name__ == '__main__':
    unittest.main()
