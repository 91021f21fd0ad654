"""Things that fail on purpose (--fail), and many runs in one boot (--repeat): nothing is lost."""
import unittest

import support

STATUS_IN_PAGE_ERROR = 0xC0000006
STATUS_NO_MEMORY = 0xC0000017


class Fail(support.SystemTest):
    def failing(self, spec, program='hello', **how):
        done = support.run(program, options=['--fail', spec], **how)
        self.assertIn(done.stats['outcome'], ('exit', 'other'), done.explain())
        self.assert_all_given_back(done.stats)
        return done

    def test_a_disk_read_that_starting_needs(self):
        done = self.failing('disk:2')
        self.assertEqual(done.status, 249, done.explain())
        self.assertIn('hello.exe: cannot be loaded (status 0xc0000185)', done.stderr)

    def test_a_page_that_the_program_needs(self):
        last = support.run('hello').stats['runs']['attempts']['disk']
        done = self.failing(f'disk:{last}')
        self.assertEqual(done.exit_status, STATUS_IN_PAGE_ERROR, done.explain())
        self.assertIn('because of status 0xc0000185', done.stderr)

    def test_no_memory(self):
        done = self.failing('heap:20')
        self.assertEqual(done.status, 249, done.explain())
        self.assertEqual(done.exit_status, STATUS_NO_MEMORY, done.explain())
        self.assertEqual(self.failing('commit:1+').status, 249)

    def test_usage(self):
        for words in (['--fail', 'heap:0'], ['--fail', 'heap:1', '--fail', 'heap:2'],
                      ['--repeat', '0']):
            self.assertEqual(support.run('hello', options=words).status, 240, words)


class Repeat(support.SystemTest):
    def test_many_runs_in_one_boot(self):
        done = self.run_guest('hello', options=['--repeat', '500'])
        self.assertEqual(done.stdout, b'Hello from Faultline\n' * 500)
        self.assert_all_given_back(done.stats)
        runs = done.stats['runs']
        self.assertEqual((runs['count'], runs['unbalanced'], runs['other_status']), (500, 0, 0))

    def test_a_failure_is_forgotten_by_the_next_run(self):
        done = self.run_guest('threedll', expect=100,
                              options=['--repeat', '3', '--fail', 'disk:10'])
        runs = done.stats['runs']
        self.assertEqual((runs['count'], runs['unbalanced'], runs['other_status']), (3, 0, 2))


if __name__ == '__main__':
    unittest.main()
