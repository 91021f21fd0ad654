"""What is read: exactly the pages that were touched, and with clusters their neighbours as well."""
import unittest

import pe_model
import support

SECTOR = 512


def touched(done, name):
    return {fault['page'] for fault in done.trace
            if fault.get('image', '').lower() == name and fault['status'] in (0, '0x00000000')}


class Paging(support.SystemTest):
    def check_strict(self, done, name):
        """With clusters of one page: bytes read = the file's bytes of the distinct pages touched."""
        image = done.image(name)
        model = pe_model.Model((support.BIN / name).read_bytes())
        pages = touched(done, name)
        from_file = {page for page in pages if model.file_bytes[page]}
        self.assertEqual(image['pages_read'], len(from_file), (image, sorted(pages)))
        exact = sum(model.file_bytes[page] for page in from_file)
        sectors = sum(pe_model.round_up(model.file_bytes[page], SECTOR) for page in from_file)
        self.assertIn(image['bytes_read'], range(exact, sectors + 1), image)
        self.assertLessEqual(image['bytes_read'], pe_model.PAGE * len(pages))

    def test_one_page_at_a_time(self):
        for program, *dlls in (('hello',), ('threedll', 'alpha.dll', 'beta.dll', 'gamma.dll'),
                               ('relocuse', 'reloc.dll')):
            done = support.run(program, options=['--cluster', '1'], trace=True)
            for name in (f'{program}.exe', *dlls):
                with self.subTest(name):
                    self.check_strict(done, name)

    def test_twenty_mebibytes_of_which_five_pages_are_touched(self):
        done = self.run_guest('big20', options=['--cluster', '1'], trace=True)
        self.assertIn(b'5 pages', done.stdout)
        image = done.image('big20.exe')
        self.assertEqual(image['pages'], 5124, image)
        self.assertEqual(image['pages_read'], 5, (image, touched(done, 'big20.exe')))
        self.check_strict(done, 'big20.exe')

    def test_clusters_read_neighbours_in_one_transfer(self):
        strict = self.run_guest('relocuse', options=['--cluster', '1'])
        clusters = self.run_guest('relocuse', options=['--cluster', '16'], trace=True)
        one, many = strict.image('reloc.dll'), clusters.image('reloc.dll')
        self.assertGreaterEqual(many['pages_read'], one['pages_read'])
        hard = [f for f in clusters.trace if f.get('image', '').lower() == 'reloc.dll' and f['hard']]
        self.assertLess(len(hard), many['pages_read'] / 4)
        # Each hard fault is one transfer: what is saved in faults is saved in transfers.
        self.assertEqual(strict.stats['disk']['reads'] - clusters.stats['disk']['reads'],
                         strict.stats['hard_faults'] - clusters.stats['hard_faults'])

    def test_the_bytes_add_up(self):
        for cluster in ('1', '16'):
            stats = self.run_guest('threedll', expect=100, options=['--cluster', cluster]).stats
            disk, images = stats['disk'], stats['images']
            self.assertEqual(disk['bytes'], disk['sectors'] * SECTOR)
            # One sector more: the volume's first, read to find out what it is.
            self.assertEqual(disk['sectors'], disk['metadata_sectors'] + disk['data_sectors'] + 1)
            pages = sum(image['bytes_read'] for image in images)
            headers = sum(image['metadata_bytes'] for image in images)
            self.assertLessEqual(pages, disk['data_sectors'] * SECTOR)
            self.assertLessEqual(disk['data_sectors'] * SECTOR, pages + headers + 2 * SECTOR)

    def test_trace_and_statistics_agree(self):
        done = self.run_guest('threedll', expect=100, trace=True)
        self.assertEqual(len(done.trace), sum(done.stats['faults'].values()))
        self.assertEqual(sum(f['hard'] for f in done.trace), done.stats['hard_faults'])
        self.assertEqual([f['n'] for f in done.trace],
                         list(range(done.trace[0]['n'], done.trace[0]['n'] + len(done.trace))))


if __name__ == '__main__':
    unittest.main()
