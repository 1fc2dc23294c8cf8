/* recurse [DEPTH]: goes DEPTH calls deep (default 2000), 1 KiB of stack each, so that the stack area grows page by
 * page; on the way back every frame's bytes are checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long descend(int depth) {
  volatile unsigned char pad[1024];
  memset((void *)pad, depth & 0xff, sizeof pad);
  unsigned long below = depth > 0 ? descend(depth - 1) : 0;
  for (size_t i = 0; i < sizeof pad; i += 256)
    if (pad[i] != (depth & 0xff)) abort();
  return below + pad[sizeof pad - 1];
}

int main(int argc, char **argv) {
  int depth = argc > 1 ? atoi(argv[1]) : 2000;
  printf("recurse %d: %lu\n", depth, descend(depth));
  return 0;
}
