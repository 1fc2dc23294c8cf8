// pipes: producers and a consumer with a full pipe between them, the end of a pipe, and a broken one.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char block[300000];

int main(void) {
	int p[2], status;
	if (pipe(p))
		return 1;
	if (fork() == 0) { // writes more than a pipe holds: it has to wait for the reader
		close(p[0]);
		for (unsigned i = 0; i < sizeof block; i++)
			block[i] = (char)(i * 7 + i / 251);
		ssize_t n = write(p[1], block, sizeof block);
		_exit(n == (ssize_t)sizeof block ? 0 : 9);
	}
	close(p[1]);
	unsigned long sum = 0, got = 0;
	char b[1000];
	ssize_t n;
	while ((n = read(p[0], b, sizeof b)) > 0)
		for (ssize_t i = 0; i < n; i++, got++)
			sum = sum * 31 + (unsigned char)b[i];
	wait(&status);
	printf("%lu bytes, sum %lx, status %d, at the end %zd\n", got, sum, status, n);

	pipe(p);
	struct pollfd f = {p[0], POLLIN, 0};
	printf("poll %d\n", poll(&f, 1, 10));
	if (fork() == 0) {
		usleep(20000);
		write(p[1], "late", 4);
		_exit(0);
	}
	close(p[1]);
	printf("poll %d", poll(&f, 1, -1));
	printf(" %#x", f.revents & POLLIN);
	n = read(p[0], b, sizeof b);
	printf(" %.*s", (int)n, b);
	wait(NULL);
	poll(&f, 1, -1);
	printf(" %#x\n", f.revents);
	close(p[0]);

	pipe(p);
	close(p[0]);
	if (fork() == 0) {
		write(p[1], "x", 1);
		_exit(0);
	}
	wait(&status);
	printf("killed by signal %d\n", WTERMSIG(status));
	signal(SIGPIPE, SIG_IGN);
	n = write(p[1], "x", 1);
	printf("%zd %s\n", n, strerror(errno));
	return 0;
}
