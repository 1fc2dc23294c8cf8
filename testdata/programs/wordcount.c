/* wordcount FILE: lines, words and bytes of a file, and its longest word, as wc would count them. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: wordcount FILE\n");
    return 2;
  }
  FILE *f = fopen(argv[1], "r");
  if (!f) {
    perror(argv[1]);
    return 1;
  }
  long lines = 0, words = 0, bytes = 0;
  char word[64], longest[64] = "";
  size_t len = 0, best = 0;
  for (int ch; (ch = getc(f)) != EOF; bytes++) {
    lines += ch == '\n';
    if (!isspace(ch)) {
      words += len == 0;
      if (len < sizeof word - 1) word[len] = (char)ch;
      len++;
      continue;
    }
    if (len > best && len < sizeof word) {
      best = len;
      memcpy(longest, word, len);
      longest[len] = 0;
    }
    len = 0;
  }
  fclose(f);
  printf("%ld lines, %ld words, %ld bytes, longest word \"%s\"\n", lines, words, bytes, longest);
  return 0;
}
