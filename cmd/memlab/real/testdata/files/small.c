#include <stdio.h>
#include <string.h>

#define SQUARE(x) ((x) * (x))
#ifdef LOUD
#define GREETING "HELLO"
#else
#define GREETING "hello"
#endif

static int sum(const int *v, int n)
{
	int s = 0;
	for (int i = 0; i < n; i++)
		s += SQUARE(v[i]);
	return s;
}

int main(int argc, char **argv)
{
	int v[] = {1, 2, 3, 4};
	printf("%s %d %d %zu\n", GREETING, argc, sum(v, 4), strlen(argv[0]) > 0 ? sizeof v : 0);
	return 0;
}
