/* Random calls on memory: mmap, munmap, mprotect, mremap, madvise, msync, mincore, mlock, brk, reads and writes
   (also those that fault), fork, files that grow and shrink under their mappings, memory files. Everything that
   happens is printed, with addresses relative to the window in which all happens, so that two kernels can be
   compared line by line.   mm SEED STEPS [DIRECTORY [nolock]]
   nolock leaves out what keeps pages in memory, for machines with hardly any. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define WINDOW 96
#define FILES 3

static unsigned char *base;
static int fd[FILES];
static uint64_t state;
static sigjmp_buf trap;
static volatile int trapping;
static int depth;
static int nolock;

static unsigned rnd(unsigned n) {
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return (unsigned)(state >> 20) % n;
}

static const char *err(long r) { return r < 0 ? strerror(errno) : "ok"; }

static void handler(int sig, siginfo_t *si, void *ctx) {
	(void)ctx;
	if (!trapping) {
		printf("signal %d outside a touch\n", sig), fflush(stdout);
		_exit(3);
	}
	printf(" signal %d code %d at %ld;", sig, si->si_code, (long)((unsigned char *)si->si_addr - base));
	trapping = 0;
	siglongjmp(trap, 1);
}

static void get(unsigned char *at, int n) {
	volatile unsigned sum = 0;
	volatile int i = 0;
	if (sigsetjmp(trap, 1) == 0) {
		trapping = 1;
		for (; i < n; i++) sum = sum * 31 + at[i];
		trapping = 0;
	}
	printf(" read %d sum %u\n", i, sum);
}

static void put(unsigned char *at, int n) {
	volatile int i = 0;
	if (sigsetjmp(trap, 1) == 0) {
		trapping = 1;
		for (; i < n; i++) at[i] = (unsigned char)(i * 7 + n + depth);
		trapping = 0;
	}
	printf(" wrote %d\n", i);
}

/* maps prints the rows of the window: addresses, rights, offset of files. */
static void maps(void) {
	char line[512], rights[8];
	unsigned long from, to, off;
	FILE *f = fopen("/proc/self/maps", "r");
	if (!f) { puts("no maps"); return; }
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "%lx-%lx %7s %lx", &from, &to, rights, &off) != 4) continue;
		if (to <= (unsigned long)base || from >= (unsigned long)base + WINDOW * PAGE) continue;
		if (from < (unsigned long)base) from = (unsigned long)base;
		if (to > (unsigned long)base + WINDOW * PAGE) to = (unsigned long)base + WINDOW * PAGE;
		printf("  %lx-%lx %s %lx\n", from - (unsigned long)base, to - (unsigned long)base, rights, off);
	}
	fclose(f);
}

static int prot(void) {
	static const int p[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC,
		PROT_READ | PROT_WRITE, PROT_WRITE};
	return p[rnd(7)];
}

static void do_mmap(unsigned char *at, size_t len) {
	static const int extra[] = {0, 0, 0, MAP_NORESERVE, MAP_STACK, MAP_POPULATE, MAP_GROWSDOWN, MAP_LOCKED, MAP_HUGETLB};
	int what = rnd(8), p = prot(), flags = rnd(3) ? MAP_FIXED : MAP_FIXED_NOREPLACE, file = -1;
	long off = 0;
	flags |= extra[rnd(9)];
	if (nolock) flags &= ~MAP_LOCKED;
	switch (what) {
	case 0: case 1: flags |= MAP_PRIVATE | MAP_ANONYMOUS; break;
	case 2: flags |= MAP_SHARED | MAP_ANONYMOUS; break;
	case 3: case 4: flags |= MAP_PRIVATE; file = rnd(FILES); break;
	case 5: case 6: flags |= MAP_SHARED; file = rnd(FILES); break;
	default: flags |= MAP_SHARED_VALIDATE; file = rnd(FILES); break;
	}
	if (file >= 0) off = rnd(6) * PAGE;
	if (rnd(30) == 0) off += 100;
	if (rnd(30) == 0) len = 0;
	void *r = mmap(at, len, p, flags, file < 0 ? -1 : fd[file], off);
	printf("mmap %ld %zu prot %d flags %x file %d off %ld:", (long)(at - base), len, p, flags, file, off);
	if (r == MAP_FAILED) printf(" %s\n", strerror(errno));
	else printf(" %ld\n", (long)((unsigned char *)r - base));
}

static void do_mremap(unsigned char *at, size_t len) {
	static const int flags[] = {0, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
		MREMAP_FIXED, 8};
	unsigned char *to = base + rnd(WINDOW - 8) * PAGE;
	size_t newlen = rnd(3) ? len : (1 + rnd(6)) * PAGE;
	int f = flags[rnd(12) % 5];
	void *r = mremap(at, len, newlen, f, to);
	printf("mremap %ld %zu %zu flags %d to %ld:", (long)(at - base), len, newlen, f, (long)(to - base));
	if (r == MAP_FAILED) printf(" %s\n", strerror(errno));
	else printf(" %ld\n", (long)((unsigned char *)r - base));
}

static void do_madvise(unsigned char *at, size_t len) {
	static const int advice[] = {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_DONTNEED,
		MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DONTFORK, MADV_DOFORK, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK,
		MADV_KEEPONFORK, 20 /* COLD */, 22 /* POPULATE_READ */, 23 /* POPULATE_WRITE */, 24 /* DONTNEED_LOCKED */, 7, 99};
	int a = advice[rnd(sizeof advice / sizeof *advice)];
	if (rnd(20) == 0) at += 12;
	long r = madvise(at, len, a);
	printf("madvise %ld %zu %d: %s\n", (long)(at - base), len, a, err(r));
}

static void do_file(void) {
	int f = rnd(FILES);
	char b[6000];
	long off = rnd(9 * PAGE), r;
	size_t n = rnd(sizeof b);
	int what = rnd(4);
	/* What a mapping writes behind the end of a file is lost on disks, but shows in memory when the file grows;
	   POSIX allows both. So the memory file ends where a page does. */
	if (f == 2 && what == 0) off &= -PAGE;
	if (f == 2 && what == 1) off &= -PAGE, n = PAGE;
	switch (what) {
	case 0:
		r = ftruncate(fd[f], off);
		printf("ftruncate %d %ld: %s\n", f, off, err(r));
		break;
	case 1:
		memset(b, 'a' + (int)rnd(20), n);
		r = pwrite(fd[f], b, n, off);
		printf("pwrite %d %zu at %ld: %ld %s\n", f, n, off, r, err(r));
		break;
	default: {
		unsigned sum = 0;
		r = pread(fd[f], b, n, off);
		for (long i = 0; i < r; i++) sum = sum * 31 + (unsigned char)b[i];
		printf("pread %d %zu at %ld: %ld sum %u\n", f, n, off, r, sum);
	}
	}
}

static void do_mincore(unsigned char *at, size_t len) {
	unsigned char vec[16];
	memset(vec, 0xaa, sizeof vec);
	if (rnd(20) == 0) at++;
	long r = mincore(at, len, vec);
	/* which pages of files are in memory is the kernel's affair: only the result counts */
	printf("mincore %ld %zu: %s\n", (long)(at - base), len, err(r));
}

static void steps(int n);

static void do_fork(void) {
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		depth++;
		printf("child\n");
		steps(12);
		maps();
		fflush(stdout);
		_exit(7);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	printf("fork: child ended with %x\n", status);
}

static void step(void) {
	unsigned char *at = base + rnd(WINDOW - 8) * PAGE;
	size_t len = (1 + rnd(7)) * PAGE;
	long r;
	switch (rnd(24)) {
	case 0: case 1: case 2: case 3: case 4: do_mmap(at, len); break;
	case 5:
		r = munmap(at, len);
		printf("munmap %ld %zu: %s\n", (long)(at - base), len, err(r));
		break;
	case 6: case 7: {
		int p = prot();
		r = mprotect(at, len, p);
		printf("mprotect %ld %zu %d: %s\n", (long)(at - base), len, p, err(r));
		break;
	}
	case 8: do_mremap(at, len); break;
	case 9: case 10: do_madvise(at, len); break;
	case 11: {
		static const int flags[] = {MS_SYNC, MS_ASYNC, MS_SYNC | MS_INVALIDATE, MS_SYNC | MS_ASYNC, 0, 8};
		int f = flags[rnd(6)];
		r = msync(at, len, f);
		printf("msync %ld %zu %d: %s\n", (long)(at - base), len, f, err(r));
		break;
	}
	case 12: do_mincore(at, len); break;
	case 13:
		if (nolock) break;
		if (rnd(2)) r = mlock(at, len), printf("mlock %ld %zu: %s\n", (long)(at - base), len, err(r));
		else r = munlock(at, len), printf("munlock %ld %zu: %s\n", (long)(at - base), len, err(r));
		break;
	case 14: case 15: do_file(); break;
	case 16:
		if (depth < 2) do_fork();
		break;
	case 17: maps(); break;
	case 18: case 19: case 20:
		at += rnd(PAGE), r = 1 + rnd(5000);
		printf("read %ld:", (long)(at - base));
		get(at, (int)r);
		break;
	default:
		at += rnd(PAGE), r = 1 + rnd(5000);
		printf("write %ld:", (long)(at - base));
		put(at, (int)r);
	}
}

static void steps(int n) {
	for (int i = 0; i < n; i++) step();
}

/* seals of a memory file */
static void seals(void) {
	int m = memfd_create("m", MFD_ALLOW_SEALING);
	char c = 'x';
	printf("memfd: truncate %s,", err(ftruncate(m, 3 * PAGE)));
	unsigned char *p = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
	*p = 'y';
	printf(" add while mapped %s,", err(fcntl(m, 1033, 8)));
	munmap(p, PAGE);
	printf(" add %s,", err(fcntl(m, 1033, 2 | 8)));
	printf(" get %d, write %s,", fcntl(m, 1034), err(pwrite(m, &c, 1, 0)));
	printf(" shrink %s,", err(ftruncate(m, 0)));
	printf(" map %s,", mmap(0, PAGE, PROT_WRITE, MAP_SHARED, m, 0) == MAP_FAILED ? strerror(errno) : "ok");
	pread(m, &c, 1, 0);
	printf(" read %c\n", c);
	close(m);
}

/* break: up, touched, down, up again: zeros */
static void brks(void) {
	unsigned char *was = (unsigned char *)syscall(SYS_brk, 0), *top = was + 5 * PAGE;
	unsigned sum = 0;
	if (syscall(SYS_brk, top) != (long)top) puts("brk failed");
	memset(was, 1, 5 * PAGE);
	syscall(SYS_brk, was + 2 * PAGE);
	syscall(SYS_brk, top);
	for (int i = 0; i < 5 * PAGE; i++) sum += was[i];
	printf("brk: sum %u\n", sum);
	syscall(SYS_brk, was);
}

int main(int argc, char **argv) {
	struct sigaction sa;
	char path[256];
	stack_t alt = {.ss_sp = malloc(65536), .ss_size = 65536};
	state = 88172645463325252ULL + (argc > 1 ? strtoull(argv[1], 0, 10) : 1) * 0x9E3779B97F4A7C15ULL;
	nolock = argc > 4;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = handler;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigaltstack(&alt, 0);
	sigaction(SIGSEGV, &sa, 0);
	sigaction(SIGBUS, &sa, 0);
	base = mmap((void *)0x200000000000, (WINDOW + 600) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	munmap(base, (WINDOW + 600) * PAGE);
	base += 300 * PAGE; /* far from everything else: stacks may grow */
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof path, "%s/mm-%d-XXXXXX", argc > 3 ? argv[3] : "/tmp", i);
		fd[i] = i == 2 ? memfd_create("mm", 0) : mkstemp(path);
		if (fd[i] < 0) { perror(path); return 1; }
		if (i != 2) unlink(path);
		for (int k = 0; k < 5000 * (i + 1); k++) {
			unsigned char c = (unsigned char)(k * (i + 3) >> 2);
			if (write(fd[i], &c, 1) != 1) return 1;
			if (k % 64 == 0) k += 63, lseek(fd[i], 63, SEEK_CUR);
		}
		if (i == 2 && ftruncate(fd[i], 4 * PAGE)) return 1;
	}
	setvbuf(stdout, 0, _IOFBF, 1 << 16);
	seals();
	brks();
	for (int i = argc > 2 ? atoi(argv[2]) : 400; i > 0; i--) {
		step();
		if (i % 50 == 0) maps();
	}
	maps();
	return 0;
}
