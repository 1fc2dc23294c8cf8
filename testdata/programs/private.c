// Maps its own file privately and forks; then the parent changes a byte, and both and the file are looked at.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

char *map;

__attribute__((noinline)) char look(const char *p) { return *(const volatile char *)p; }
__attribute__((noinline)) void change(char *p) { *(volatile char *)p = '!'; }

int main(int argc, char **argv)
{
	int fd = open(argv[argc - 1], O_RDONLY), gate[2], status;
	char file;
	map = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (fd < 0 || map == MAP_FAILED || pipe(gate)) return 1;
	char before = look(map + 1);
	pid_t child = fork();
	if (child < 0) return 1;
	if (child == 0) { // until the parent has made its change
		close(gate[1]);
		return read(gate[0], &file, 1) != 1 || map[1] != 'E';
	}
	change(map + 1);
	char after = look(map + 1);
	if (write(gate[1], "", 1) != 1 || pread(fd, &file, 1, 1) != 1 || wait(&status) != child) return 1;
	printf("memory %c then %c, child's %s, file %c\n", before, after, status ? "changed" : "not", file);
	return 0;
}
