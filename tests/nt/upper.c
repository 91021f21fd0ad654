// upper: standard input to standard output, in capital letters, byte by byte; then on standard error how
// many bytes there were.
#include <ctype.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>

int main(void) {
  unsigned long count = 0;
  int c;
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  while ((c = getchar()) != EOF) {
    putchar(toupper(c));
    ++count;
  }
  if (ferror(stdin) || fflush(stdout) != 0) return 1;
  fprintf(stderr, "%lu bytes\n", count);
  return 0;
}
