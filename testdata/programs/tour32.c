// What i386 programs ask of a C library, the processor and the kernel: printf, signals, threads or files, as the argument says.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static void formats(void) {
	volatile long double third = 1.0L / 3, big = 1.18973149535723176502e+4932L, tiny = 3.6e-4951L;
	volatile double d = 0.1, inf = HUGE_VAL, zero = 0;
	printf("%d %5d|%-5d|%05d %+d %x %#o %u %c %s %%\n", 42, 42, 42, 42, 42, 0xbeef, 8, UINT_MAX, 'c', "text");
	printf("%lld %llu %llx %hd %hhu %zu %td\n", LLONG_MIN, ULLONG_MAX, 0x123456789abcdefULL, (short)-1,
	       (unsigned char)300, sizeof(long), (ptrdiff_t)-5);
	printf("%f %.3f %10.2f|%-10.2f|%+.1e %g %g %g\n", d, d, d, d, d, d, 1e100, 1e-5);
	printf("%a %A %.20f %.0f %#.0f\n", d, 1.5, d, 2.5, 2.5);
	printf("%Lf %.30Lf %Le %Lg %La\n", third, third, big, tiny, third);
	printf("%f %f %f %F\n", inf, -inf, -zero, 1 / inf);
	printf("%s %.3s %*d %-*d| %p\n", "abc", "abcdef", 6, 7, 6, 7, (void *)0x1234);
	printf("%.15g %.17g %.20Lg\n", M_PI, sqrt(2), 2.0L / 3 + third);
	printf("%g %g %g %g\n", sin(1), exp(1), pow(2, 0.5), fmod(10, 3));
	printf("%lld %lld %lld\n", LLONG_MAX / 7, LLONG_MIN / 1000003, LLONG_MAX % 1000003);
	printf("%Lf %lf\n", strtold("123.456e2", 0), strtod("-0x1.8p3", 0));
}

static volatile int seen;

static void registers(int sig, siginfo_t *i, void *context) {
	ucontext_t *u = context;
	greg_t *g = u->uc_mcontext.gregs;
	struct _libc_fpstate *f = u->uc_mcontext.fpregs;
	printf("signal %d code %d trap %d err %d cs %x ss %x ds %x fs %x eflags %x aligned %d\n", sig, i->si_code,
	       g[REG_TRAPNO], g[REG_ERR], g[REG_CS], g[REG_SS], g[REG_DS], g[REG_FS], g[REG_EFL] & ~0x8d5,
	       ((int)__builtin_frame_address(0) + 8) % 16 == 0);
	printf("address %s, control %lx tags %lx status %lx\n",
	       i->si_addr == (void *)g[REG_EIP] ? "of the instruction" : i->si_addr == (void *)16 ? "16" : "?",
	       f->cw, f->tag, f->status & 0xffff);
	f->cw = (f->cw & ~0xc00) | 0x400; // round down from here on
	g[REG_EIP] += 2;
	g[REG_EAX] = 99;
	seen++;
}

static void simple(int sig) {
	printf("simple %d\n", sig);
	seen++;
}

static void onStack(int sig, siginfo_t *i, void *context) {
	stack_t now;
	(void)context;
	sigaltstack(0, &now);
	printf("signal %d from itself %d, value %d, stack %d\n", sig, i->si_pid == getpid(),
	       i->si_code == SI_QUEUE ? i->si_value.sival_int : -1, now.ss_flags);
}

static void signals(void) {
	struct sigaction a = {.sa_sigaction = registers, .sa_flags = SA_SIGINFO}, b = {0}, old;
	int eax = 0;
	unsigned short cw;
	long double one, pi;
	sigset_t set;
	sigaction(SIGSEGV, &a, 0);
	sigaction(SIGILL, &a, 0);
	sigaction(SIGFPE, &a, 0);
	__asm__ volatile("movl $16, %%eax; movl (%%eax), %%ecx" : "+a"(eax) : : "ecx");
	__asm__ volatile("fnstcw %0" : "=m"(cw));
	printf("eax %d, control %x\n", eax, cw);
	__asm__ volatile("fldpi; fld1; ud2; fstpt %0; fstpt %1" : "=m"(one), "=m"(pi) : : "eax");
	printf("%.18Lf %.18Lf\n", one, pi);
	__asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; cltd; divl %%ecx" : : : "eax", "ecx", "edx");
	signal(SIGUSR1, simple);
	raise(SIGUSR1);
	char *room = malloc(65536);
	stack_t st = {room, 0, 65536};
	sigaltstack(&st, 0);
	b.sa_sigaction = onStack;
	b.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigaction(SIGUSR2, &b, 0);
	kill(getpid(), SIGUSR2);
	sigaction(SIGUSR2, 0, &old);
	printf("flags %x\n", old.sa_flags & ~0x4000000);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 3);
	sigprocmask(SIG_BLOCK, &set, 0);
	raise(SIGUSR1);
	sigpending(&set);
	printf("pending %d %d\n", sigismember(&set, SIGUSR1), sigismember(&set, SIGRTMIN + 3));
	sigemptyset(&set);
	sigsuspend(&set);
	int e = errno;
	sigprocmask(0, 0, &set);
	printf("errno %d, blocked %d %d, seen %d\n", e, sigismember(&set, SIGUSR1), sigismember(&set, SIGRTMIN + 3), seen);
}

static __thread int mine = 5;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static int sum, ready;

static void *work(void *n) {
	mine += (int)n;
	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&lock);
		sum += mine;
		pthread_mutex_unlock(&lock);
	}
	pthread_mutex_lock(&lock);
	ready++;
	pthread_cond_signal(&change);
	pthread_mutex_unlock(&lock);
	return (void *)mine;
}

static void threads(void) {
	pthread_t t[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], 0, work, (void *)i);
	pthread_mutex_lock(&lock);
	while (ready < 4)
		pthread_cond_wait(&change, &lock);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 4; i++) {
		void *r;
		pthread_join(t[i], &r);
		printf("%d ", (int)r);
	}
	printf("sum %d, own %d\n", sum, mine);
	int ends[2], status;
	char text[64] = "";
	fflush(stdout);
	if (pipe(ends))
		exit(1);
	pid_t child = fork();
	if (child == 0) {
		mine++;
		dprintf(ends[1], "child %d", mine);
		_exit(mine);
	}
	ssize_t n = read(ends[0], text, sizeof text - 1);
	waitpid(child, &status, 0);
	printf("%d bytes \"%s\", status %d, own %d\n", (int)n, text, WEXITSTATUS(status), mine);
}

static void files(void) {
	char text[16] = "", name[] = "tour32.XXXXXX";
	struct iovec v[2] = {{"hello ", 6}, {"world\n", 6}};
	struct stat s;
	struct stat64 s64;
	int fd = mkstemp(name);
	printf("writev %d\n", (int)writev(fd, v, 2));
	fstat(fd, &s);
	printf("size %ld mode %o links %d\n", s.st_size, s.st_mode, (int)s.st_nlink);
	int wrote = pwrite64(fd, "x", 1, 5000000000LL), e = errno;
	printf("beyond 2 GiB: %d errno %d\n", wrote, e);
	printf("lseek64 %lld, ", (long long)lseek64(fd, -5, SEEK_END));
	printf("lseek %ld, flags %x\n", lseek(fd, 0, SEEK_CUR), fcntl(fd, F_GETFL));
	close(fd);
	fd = open(name, O_RDWR | O_LARGEFILE);
	wrote = pwrite64(fd, "x", 1, 5000000000LL);
	fstat64(fd, &s64);
	int small = fstat(fd, &s);
	e = errno;
	printf("with O_LARGEFILE %d, size %lld, fstat %d errno %d\n", wrote, (long long)s64.st_size, small, e);
	ftruncate64(fd, 10);
	printf("pread %d, ", (int)pread64(fd, text, 5, 1));
	v[0].iov_base = text, v[0].iov_len = 3, v[1].iov_base = text + 3, v[1].iov_len = 3;
	printf("preadv %d \"%s\"\n", (int)preadv64(fd, v, 2, 2), text);
	struct flock l = {F_WRLCK, SEEK_SET, 0, 0, 0};
	printf("lock %d\n", fcntl(fd, F_SETLK, &l));
	char *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	printf("mapped \"%.5s\", ", map);
	map = mremap(map, 4096, 12288, MREMAP_MAYMOVE);
	printf("grown \"%.5s\"\n", map);
	unlink(name);
	struct rlimit r;
	getrlimit(RLIMIT_AS, &r);
	printf("no limit %d, ", r.rlim_cur == RLIM_INFINITY);
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = 99;
	setrlimit(RLIMIT_NOFILE, &r);
	getrlimit(RLIMIT_NOFILE, &r);
	printf("files %lu\n", r.rlim_cur);
	struct timespec nap = {0, 1000000}, bad = {0, -1};
	int slept = nanosleep(&nap, 0), refused = nanosleep(&bad, 0);
	e = errno;
	printf("nanosleep %d %d errno %d\n", slept, refused, e);
	int ends[2];
	fd_set set;
	struct timeval tv = {0, 1000};
	if (pipe(ends))
		exit(1);
	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	FD_SET(ends[1], &set);
	printf("select %d ", select(40, &set, 0, 0, &tv));
	if (write(ends[1], "ab", 2) != 2)
		exit(1);
	FD_SET(ends[0], &set);
	int n = select(ends[0] + 1, &set, 0, 0, 0);
	struct pollfd p = {ends[0], POLLIN, 0};
	printf("%d %d, poll %d %x\n", n, FD_ISSET(ends[0], &set) != 0, poll(&p, 1, 10), p.revents);
	mkdir("tour32.d", 0700);
	close(open("tour32.d/one", O_CREAT | O_WRONLY, 0600));
	DIR *d = opendir("tour32.d");
	int entries = 0;
	while (readdir(d))
		entries++;
	closedir(d);
	unlink("tour32.d/one");
	printf("entries %d, rmdir %d, heap %d\n", entries, rmdir("tour32.d"), sbrk(4096) != (void *)-1);
}

int main(int argc, char **argv) {
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "printf"))
		formats();
	else if (!strcmp(what, "signals"))
		signals();
	else if (!strcmp(what, "threads"))
		threads();
	else if (!strcmp(what, "files"))
		files();
	else
		return 2;
	if (!strcmp(what, "signals")) {
		fflush(stdout);
		signal(SIGSEGV, SIG_DFL);
		volatile int *volatile nowhere = (int *)8;
		*nowhere = 1;
	}
	return 0;
}
