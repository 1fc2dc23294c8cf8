/* rowrite: writes to a page that is mapped read-only. The kernel answers with SIGSEGV (SEGV_ACCERR). */
#include <stdio.h>

const char text[] = "constant";

int main(void) {
  printf("before the write: %s\n", text);
  fflush(stdout);
  *(volatile char *)text = 'K';
  puts("after the write: this must not be seen");
  return 0;
}
