/* Prints what the functions of the other parts compute. It needs no library. */
#include "shared.h"

static void out(const char *s, long n) {
#ifdef __x86_64__
	register long rax asm("rax") = 1, rdi asm("rdi") = 1, rsi asm("rsi") = (long)s, rdx asm("rdx") = n;
	asm volatile("syscall" : "+r"(rax) : "r"(rdi), "r"(rsi), "r"(rdx) : "rcx", "r11", "memory");
#else
	long r = 4; asm volatile("push %%ebx; mov $1, %%ebx; int $0x80; pop %%ebx" : "+a"(r) : "c"(s), "d"(n) : "memory");
#endif
}
static char buf[64];
static void number(long v) { unsigned long u = v; int i = 63; buf[i--] = '\n'; int neg = v < 0; if (neg) u = -u;
	do buf[i--] = '0' + u % 10; while (u /= 10); if (neg) buf[i--] = '-'; out(buf + i + 1, 63 - i); }
int main(int argc, char **argv, char **envp) {
	number(argc); number(sum(3, 4)); number(sum(3, 4)); number(hidden_sum(5, 6)); number(big(1000)); number(big(7)); number(weakly());
	number(counted()); number(maybe ? maybe() : -77);
	for (int i = -1; i < 8; i++) number(viatable(i, 13));
	for (int i = 0; i < 3; i++) { const char *w = word(i); long n = 0; while (w[n]) n++; out(w, n); out("\n", 1); }
	number(argv[argc] == 0 && *envp == argv[argc + 1]);
	return 42;
}
