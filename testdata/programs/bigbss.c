/* bigbss: 16 MiB of zero-initialised memory of which a few pages are touched: what is not touched costs nothing. Some
 * initialised data before it shares its last page with the start of the bss. */
#include <stdio.h>

static int initialised[600] = {1, 2, 3, [599] = 4};
static unsigned char big[16 << 20];

int main(void) {
  unsigned long sum = 0;
  for (size_t i = 0; i < sizeof big; i += 1 << 20) {
    sum += big[i];
    big[i] = (unsigned char)(i >> 20);
  }
  for (size_t i = 0; i < sizeof big; i += 1 << 20) sum += big[i];
  for (int i = 0; i < 600; i++) sum += (unsigned long)initialised[i];
  printf("bigbss: %lu\n", sum);
  return 0;
}
