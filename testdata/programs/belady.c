/* belady [ROUNDS]: touches pages of its own in the order 1 2 3 4 1 2 5 1 2 3 4 5 (Belady, Nelson and Shedler, CACM
 * 12(6), 1969), ROUNDS times (default 8), and between rounds five more pages, so that every round starts afresh. Under
 * FIFO it can fault more with one frame more. */
#include <stdio.h>
#include <stdlib.h>

enum { page = 4096 };
static unsigned char pages[16][page] __attribute__((aligned(4096)));

__attribute__((noinline, aligned(4096))) static unsigned round_of(const unsigned char *order, int n) {
  unsigned sum = 0;
  for (int i = 0; i < n; i++) sum += ((volatile unsigned char *)pages[order[i]])[0]++;
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
