/* Functions and data that the other parts use; constructors; a variable of its own. */
#include "shared.h"

int data[4] = {1, 20, 300, 4000}; int shared; static int local = 7; int *pointer = &data[2];
static int zeros[5000];
__attribute__((weak)) int weakly(void) { return 1; }
static int made; __attribute__((constructor)) static void make(void) { made += 5; }
__attribute__((constructor(101))) static void first(void) { made = 100; }
int counted(void) { return made; }
int sum(int a, int b) { zeros[a & 1023] += b; return a + b + local++ + zeros[a & 1023]; }
const char *word(int i) { return words[i]; }
