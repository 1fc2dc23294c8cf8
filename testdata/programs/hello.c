/* hello: the least that a C program does: start, write, exit. */
#include <stdio.h>

int main(void) {
  puts("hello, memory");
  return 0;
}
