/* Sorting and printing, built for i386. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int up(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;
	return (x > y) - (x < y);
}

static jmp_buf back;

static long long power(long long base, int n)
{
	return n ? base * power(base, n - 1) : 1;
}

int main(int argc, char **argv)
{
	int n = 0, *v = malloc(4096 * sizeof *v);
	FILE *f = fopen(argc > 1 ? argv[1] : "numbers.txt", "r");
	if (!f) {
		fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	while (n < 4096 && fscanf(f, "%d", &v[n]) == 1)
		n++;
	fclose(f);
	qsort(v, n, sizeof *v, up);
	printf("%d numbers: %d %d %d\n", n, v[0], v[n / 2], v[n - 1]);
	printf("%5d|%-5d|%05d|%x|%#o|%c|%s|%.3s|%p\n", 42, 42, 42, 48879, 8, 'c', "string", "string", (void *)0);
	printf("%lld %llu %zu %ld\n", power(-3, 39), 18446744073709551615ULL, sizeof(long), -2147483647L - 1);
	printf("%f %.10g %e %a %Lf\n", 3.14159, sqrt(2), 1e-300, 0.1, 1.25L);
	printf("%lld %lld %llu\n", power(7, 20) / 12345, power(7, 20) % 12345, 10000000000000000000ULL / 7);
	char text[64];
	snprintf(text, sizeof text, "%s-%d", "text", 7);
	printf("%s %d %s\n", text, atoi("123abc"), strstr(text, "-"));
	if (setjmp(back) == 0)
		longjmp(back, 1);
	char *big = calloc(1, 3 << 20);
	memset(big + 100, 7, 1 << 20);
	printf("%d %d\n", big[99], big[1 << 19]);
	puts(getenv("HOME"));
	return 5;
}
