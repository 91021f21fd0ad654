"""tools/lib/make_symbols.py: names as a backtrace shows them, and the layout of the table."""
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools/lib'))
import make_symbols  # noqa: E402

NAMES = {
    'fl::mm::PfnDatabase::AddRam(fl::Unit<fl::PfnTag, unsigned int>, unsigned int)':
        'fl::mm::PfnDatabase::AddRam',
    'fl::(anonymous namespace)::Writer::Put(char)': 'fl::Writer::Put',
    'fl::Status fl::Vector<fl::X<int> >::Push<int>(int) const [clone .constprop.0]':
        'fl::Vector::Push',
    'std::strong_ordering operator<=><int>(int, int)': 'operator<=>',
    'fl::A::operator()(int) const': 'fl::A::operator()',
    'fl::A::operator->() const': 'fl::A::operator->',
    'fl::A::operator<<(int) &': 'fl::A::operator<<',
    'fl::A::operator bool() const': 'fl::A::operator bool',
    'operator new(unsigned int, std::nothrow_t const&)': 'operator new',
    'operator delete[](void*)': 'operator delete[]',
    'non-virtual thunk to fl::B::f(int)': 'non-virtual thunk to fl::B::f',
    'fl::f(int)::{lambda(int)#1}::operator()(int) const': 'fl::f::{lambda#1}::operator()',
    'fl::A::~A()': 'fl::A::~A',
    'std::F<int (*)(int)>::g(void (*)(int))': 'std::F::g',
    'KernelMain': 'KernelMain',
}


class MakeSymbols(unittest.TestCase):
    def test_names_lose_what_a_backtrace_does_not_need(self):
        for name, short in NAMES.items():
            self.assertEqual(make_symbols.short_name(name), short, name)

    def test_equal_names_share_their_text(self):
        table = make_symbols.table([(0x80100000, 'f'), (0x80100010, 'g'), (0x80100020, 'f')],
                                   0x80100030)
        self.assertEqual(table, struct.pack('<8I', 3, 0x80100030, 0x80100000, 32, 0x80100010, 34,
                                            0x80100020, 32) + b'f\0g\0')
        self.assertEqual(make_symbols.table([], 0), bytes(8))


if __name__ == '__main__':
    unittest.main()
