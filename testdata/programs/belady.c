/* belady [ROUNDS]: touches blocks of pages in the order 1 2 3 4 1 2 5 1 2 3 4 5 (Belady, Nelson and Shedler, CACM
 * 12(6), 1969), ROUNDS times (default 8). Each of the paper's five pages is a block of four here, so that the pages of
 * code and stack, which every program needs besides, weigh little. Under FIFO one frame more can mean more faults. */
#include <stdio.h>
#include <stdlib.h>

enum { page = 4096, block = 4 };
static unsigned char pages[6 * block][page] __attribute__((aligned(4096)));

__attribute__((noinline, aligned(4096))) static unsigned round_of(const unsigned char *order, int n) {
  unsigned sum = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < block; j++) sum += ((volatile unsigned char *)pages[order[i] * block + j])[0]++;
  return sum;
}

int main(int argc, char **argv) {
  static const unsigned char order[] = {1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5};
  int rounds = argc > 1 ? atoi(argv[1]) : 8;
  unsigned sum = 0;
  for (int r = 0; r < rounds; r++) sum += round_of(order, sizeof order);
  printf("belady %d: %u\n", rounds, sum);
  return 0;
}
