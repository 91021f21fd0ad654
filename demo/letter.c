// letter.dll: one page of data, for the demo: a letter that can be read, and written over.
#define LETTER_SIZE 4096

__attribute__((aligned(4096))) char letter[LETTER_SIZE] = "as it is on the disk";

const char* ReadLetter(void) { return letter; }

void WriteLetter(const char* text) {
  int i = 0;
  for (; text[i] && i + 1 < LETTER_SIZE; ++i) letter[i] = text[i];
  letter[i] = 0;
}
