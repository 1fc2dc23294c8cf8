// Maps its own file twice, privately, changes a byte of one mapping, and looks whether the other or the file has changed.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

char *map, *other;

__attribute__((noinline)) char look(const char *p) { return *(const volatile char *)p; }
__attribute__((noinline)) void change(char *p) { *(volatile char *)p = '!'; }

int main(int argc, char **argv)
{
	int fd = open(argv[argc - 1], O_RDONLY);
	char file;
	map = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	other = mmap(0, 8192, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd < 0 || map == MAP_FAILED || other == MAP_FAILED) return 1;
	char before = look(map + 1), there = look(other + 1);
	change(map + 1);
	char after = look(map + 1);
	if (pread(fd, &file, 1, 1) != 1) return 1;
	printf("memory %c then %c, the other %c then %c, file %c\n", before, after, there, look(other + 1), file);
	return 0;
}
