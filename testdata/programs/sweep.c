/* sweep [PAGES [ROUNDS]]: reads and writes one word of each of PAGES pages (default 64), one after the other, ROUNDS
 * times (default 10): a loop, the worst case of LRU as soon as it is larger than memory. */
#include <stdio.h>
#include <stdlib.h>

enum { page = 4096, most = 1024 };
static unsigned char pages[most][page] __attribute__((aligned(4096)));

int main(int argc, char **argv) {
  int n = argc > 1 ? atoi(argv[1]) : 64, rounds = argc > 2 ? atoi(argv[2]) : 10;
  if (n < 1 || n > most) {
    fprintf(stderr, "sweep: PAGES must be from 1 to %d\n", most);
    return 2;
  }
  unsigned long sum = 0;
  for (int r = 0; r < rounds; r++)
    for (int i = 0; i < n; i++) {
      volatile unsigned *word = (volatile unsigned *)pages[i];
      sum += *word += (unsigned)(i + r);
    }
  printf("sweep %d pages %d rounds: %lu\n", n, rounds, sum);
  return 0;
}
