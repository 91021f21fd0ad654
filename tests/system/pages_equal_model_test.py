"""Every mapped page of every test image equals what the model computes from the file."""
import unittest

import page_dump
import support

SEEDS = (1, 2, 3)
# They do not get as far as their dump, or have written to their pages by then.
OTHERS = ('missing', 'big20', 'initorder', 'picks', 'refused', 'series')


class PagesEqualModel(support.SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.models = page_dump.models_of(support.BIN)

    def check(self, argument, programs, seed):
        dlls = [name for name in self.models if name.endswith('.dll')]
        done = self.run_guest('series', argument, *[f'C:\\{name}' for name in programs],
                              options=['--seed', str(seed), *self.disk(*programs, *dlls)])
        dumps = page_dump.read(done.stdout)
        self.assertEqual(len(dumps), len(programs))
        compared, bases = 0, {}
        for dump in dumps:
            count, wrong = page_dump.compare(dump, self.models, done.stats['ntdll'])
            self.assertEqual(wrong, [], f'{dump.program}, seed {seed}')
            self.assertIn(dump.program[3:].lower(), dump.pages)
            compared += count
            bases.update(dump.bases)
        return compared, bases

    def test_all_images_with_three_seeds(self):
        programs = sorted(name for name in self.models if name.endswith('.exe')
                          and not name.startswith(OTHERS))
        found = {}
        for seed in SEEDS:
            with self.subTest(seed=seed):
                compared, found[seed] = self.check('--dump-pages', programs, seed)
                self.assertGreater(compared, 200)
        moved = [name for name, base in found[SEEDS[0]].items()
                 if self.models.get(name) and self.models[name].movable
                 and len({found[seed][name] for seed in SEEDS}) > 1]
        self.assertIn('reloc.dll', moved)
        self.assertGreater(len(moved), 5, 'the seed moves the images')

    def test_big_image_by_hashes(self):
        compared, _ = self.check('--hash-pages', ['big20.exe'], 1)
        self.assertEqual(compared, 5124)


if __name__ == '__main__':
    unittest.main()
