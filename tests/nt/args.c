// args: what it was given: each argument in brackets, then the environment, sorted.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int Compare(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

int main(int argc, char** argv, char** environment) {
  int count = 0;
  for (int i = 1; i < argc; ++i) printf("%d: [%s]\n", i, argv[i]);
  while (environment[count]) ++count;
  qsort(environment, (size_t)count, sizeof(*environment), Compare);
  for (int i = 0; i < count; ++i) printf("%s\n", environment[i]);
  const char* path = getenv("PATH");
  printf("PATH is %s\n", path ? path : "not set");
  return 0;
}
