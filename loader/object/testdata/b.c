/* Tables of functions and of texts, a switch, a function that overrides a weak one. */
#include "shared.h"

const char *const words[] = {"zero", "one", "two"}; int hidden_sum(int a, int b) { return sum(a, b) * 2; }
int weakly(void) { return 2; }
static int twice(int x) { return 2 * x; } static int neg(int x) { return -x; } static int sq(int x) { return x * x; }
static int (*const table[])(int) = {twice, neg, sq};
int viatable(int op, int x) { switch (op) { case 0: return table[0](x) + 1; case 1: return table[1](x) - data[1]; case 2: return table[2](x);
	case 3: return x ^ 0x55; case 4: return x << 3; case 5: return x / 3; default: return -1; } }
long big(long n) { long r = shared++; for (long i = 0; i < n; i++) r = r * 31 + data[i & 3] + *pointer; return r; }
