// cow: pages that parent and child share until one of them writes, in the heap, in data and on the stack; the
// system's copies to memory count as writes too.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 24, SIZE = 4096 };

static char data[PAGES * SIZE] = {1};

static unsigned long hash(const char *b, size_t n) {
	unsigned long h = 5381;
	while (n--)
		h = h * 33 + (unsigned char)*b++;
	return h;
}

int main(void) {
	char *heap = malloc(PAGES * SIZE), stack[8 * SIZE];
	for (int i = 0; i < PAGES * SIZE; i++)
		heap[i] = (char)(i / 5), data[i] = (char)(i / 3);
	memset(stack, 3, sizeof stack);
	int p[2], q[2];
	if (pipe(p) || pipe(q))
		return 1;
	for (int round = 0; round < 4; round++) {
		pid_t pid = fork();
		if (pid == 0) {
			for (int i = round; i < PAGES; i += 3)
				heap[i * SIZE + 17] = (char)round, data[i * SIZE + 99] ^= 0x55;
			stack[round * SIZE] = 9;
			read(p[0], heap + 2 * SIZE - 4, 8); // over a page boundary
			unsigned long h[3] = {hash(heap, PAGES * SIZE), hash(data, sizeof data), hash(stack, sizeof stack)};
			write(q[1], h, sizeof h);
			_exit(0);
		}
		write(p[1], "overlaps", 8);
		unsigned long h[3];
		read(q[0], h, sizeof h);
		wait(NULL);
		printf("child  %lx %lx %lx\n", h[0], h[1], h[2]);
		printf("parent %lx %lx %lx\n", hash(heap, PAGES * SIZE), hash(data, sizeof data), hash(stack, sizeof stack));
		heap[round * SIZE] ^= 1; // the last owner
	}
	return 0;
}
