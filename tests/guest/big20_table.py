"""big20_table.py OUT: 20 MiB of 32-bit words, word i being i * 2654435761 (each page is different)."""
import array
import sys

words = array.array('I', ((i * 2654435761) & 0xFFFFFFFF for i in range(5 * 1024 * 1024)))
if sys.byteorder == 'big':
    words.byteswap()
with open(sys.argv[1], 'wb') as out:
    words.tofile(out)
