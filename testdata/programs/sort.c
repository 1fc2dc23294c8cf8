/* sort [KIB]: fills KIB kibibytes (default 512) of heap with numbers, sorts them by merge sort with a second buffer of
 * the same size, and checks the order. With fewer frames than that the whole array goes through swap, pass by pass. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void merge(const uint32_t *from, uint32_t *to, size_t lo, size_t mid, size_t hi) {
  size_t i = lo, j = mid;
  for (size_t k = lo; k < hi; k++) {
    if (i < mid && (j >= hi || from[i] <= from[j]))
      to[k] = from[i++];
    else
      to[k] = from[j++];
  }
}

int main(int argc, char **argv) {
  long kib = argc > 1 ? atol(argv[1]) : 512;
  if (kib < 1 || kib > 65536) {
    fprintf(stderr, "sort: KIB must be from 1 to 65536\n");
    return 2;
  }
  size_t n = (size_t)kib * 1024 / sizeof(uint32_t);
  uint32_t *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
  if (!a || !b) {
    fprintf(stderr, "sort: out of memory\n");
    return 1;
  }
  uint32_t x = 2463534242u; /* Marsaglia's xorshift */
  for (size_t i = 0; i < n; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    a[i] = x;
  }
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t lo = 0; lo < n; lo += 2 * width) {
      size_t mid = lo + width < n ? lo + width : n;
      size_t hi = lo + 2 * width < n ? lo + 2 * width : n;
      merge(a, b, lo, mid, hi);
    }
    uint32_t *t = a;
    a = b;
    b = t;
  }
  for (size_t i = 1; i < n; i++)
    if (a[i - 1] > a[i]) {
      printf("sort: out of order at %zu\n", i);
      return 1;
    }
  printf("sort %zu numbers: first %u middle %u last %u\n", n, a[0], a[n / 2], a[n - 1]);
  return 0;
}
