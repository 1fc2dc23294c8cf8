// forktree: a tree of processes, each of which changes its own copy of what it inherited; the sums come back
// as exit codes and through memory that they share.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int cells[3000];

static int sum(void) {
	int s = 0;
	for (int i = 0; i < 3000; i++)
		s += cells[i];
	return s;
}

static int grow(int depth, int id, volatile int *shared) {
	for (int i = id; i < 3000; i += 7)
		cells[i] += depth;
	shared[id] = sum();
	if (depth == 0)
		return sum() & 0x3f;
	int total = 0;
	for (int child = 1; child <= 2; child++) {
		pid_t pid = fork();
		if (pid < 0) {
			perror("fork");
			exit(99);
		}
		if (pid == 0)
			_exit(grow(depth - 1, 2 * id + child, shared));
		int status;
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
			exit(98);
		total += WEXITSTATUS(status);
	}
	return (total + sum()) & 0x3f;
}

int main(void) {
	// Whole pages, whatever their size up to 64 KiB.
	void *at = (void *)0x10000000000;
	volatile int *shared = mmap(at, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared != at)
		return 97;
	int code = grow(3, 0, shared);
	for (int i = 0; i < 15; i++)
		printf("%d ", shared[i]);
	printf("\n%d %d\n", code, sum());
	return code;
}
