/* nullderef: reads through a null pointer. The kernel answers with SIGSEGV (SEGV_MAPERR). */
#include <stdio.h>

struct node {
  long value;
  struct node *next;
};

static long sum(const struct node *n, int count) {
  long s = 0;
  while (count--) { /* wrong by one: the list is shorter */
    s += *(volatile const long *)&n->value;
    n = n->next;
  }
  return s;
}

int main(void) {
  struct node b = {2, 0}, a = {1, &b};
  printf("two nodes: %ld\n", sum(&a, 2));
  fflush(stdout);
  printf("three nodes: %ld\n", sum(&a, 3));
  return 0;
}
