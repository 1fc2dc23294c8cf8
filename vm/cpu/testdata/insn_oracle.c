// Executes single instructions on the processor that it runs on: for each record on standard input it writes the same
// record, as the instruction and what follows it left the registers and memory, to standard output. The layout is that of
// insnCase in insn_host_test.go. Every case ends with a signal: that of the exception that the instruction raised, or of the
// INT3 with which all of the code pages around it are filled. Needs no library, so that both modes can be built anywhere:
//
//	gcc -O1 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie [-m32] -o insn_oracle insn_oracle.c
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long word;

struct record {
	u8 code[24];
	u64 length, place; // of the code; its address
	u64 regs[16];      // RAX RCX RDX RBX RSP RBP RSI RDI R8-R15
	u64 flags, rip, trap, err, cr2;
	u64 fs, gs;        // bases (64-bit code)
	u64 sel[2];        // ES CS SS DS; FS GS
	u64 sum;           // over the data pages
	u8 mem[4][64];     // the windows into the data pages
};

enum { CODE = 0x10000000, DATA = 0x20000000, PAGE = 4096 };

static const u32 windows[4] = {DATA + 0xfc0, DATA + 0x1000, DATA + 0x1fc0, DATA + 0x5000};
static const u32 pages[3] = {DATA, DATA + 0x1000, DATA + 0x5000};

struct record r;
word target, saved;
static u8 stack[65536] __attribute__((aligned(64)));

void step(void);
void restorer(void);
void resume(void);

#ifdef __x86_64__
enum { READ = 0, WRITE = 1, MMAP = 9, MPROTECT = 10, SIGACTION = 13, SIGALTSTACK = 131, EXIT = 60, AFFINITY = 203 };

static long call(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	__asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return n;
}

__asm__(".text\n"
	"step:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
	"	mov %rsp, saved(%rip)\n"
	"	pushq r+168(%rip)\n"
	"	popfq\n"
	"	mov r+40(%rip), %rax\n"
	"	mov r+48(%rip), %rcx\n"
	"	mov r+56(%rip), %rdx\n"
	"	mov r+64(%rip), %rbx\n"
	"	mov r+80(%rip), %rbp\n"
	"	mov r+88(%rip), %rsi\n"
	"	mov r+96(%rip), %rdi\n"
	"	mov r+104(%rip), %r8\n"
	"	mov r+112(%rip), %r9\n"
	"	mov r+120(%rip), %r10\n"
	"	mov r+128(%rip), %r11\n"
	"	mov r+136(%rip), %r12\n"
	"	mov r+144(%rip), %r13\n"
	"	mov r+152(%rip), %r14\n"
	"	mov r+160(%rip), %r15\n"
	"	mov r+72(%rip), %rsp\n"
	"	jmp *target(%rip)\n"
	"resume:\n"
	"	mov saved(%rip), %rsp\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n"
	"restorer:\n"
	"	mov $15, %eax\n"
	"	syscall\n"
	".globl _start\n"
	"_start:\n"
	"	and $-16, %rsp\n"
	"	call run\n");

struct context {
	word flags, link, stack[3];
	word r8, r9, r10, r11, r12, r13, r14, r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
	u16 cs, gs, fs, ss;
	word err, trapno, oldmask, cr2, fpstate;
};

static void caught(int sig, void *info, struct context *c)
{
	(void)sig, (void)info;
	word regs[16] = {c->rax, c->rcx, c->rdx, c->rbx, c->rsp, c->rbp, c->rsi, c->rdi,
			 c->r8, c->r9, c->r10, c->r11, c->r12, c->r13, c->r14, c->r15};
	for (int i = 0; i < 16; i++)
		r.regs[i] = regs[i];
	r.flags = c->eflags, r.rip = c->rip, r.trap = c->trapno, r.err = c->err, r.cr2 = c->cr2;
	u16 es, ds, fs, gs;
	__asm__ volatile("mov %%es, %0; mov %%ds, %1; mov %%fs, %2; mov %%gs, %3" : "=r"(es), "=r"(ds), "=r"(fs), "=r"(gs));
	__asm__ volatile("rdfsbase %0; rdgsbase %1" : "=r"(r.fs), "=r"(r.gs));
	r.sel[0] = es | (u64)c->cs << 16 | (u64)c->ss << 32 | (u64)ds << 48;
	r.sel[1] = fs | (u64)gs << 16;
	c->rip = (word)resume;
	c->rsp = saved; // the case's may not be canonical, and some processors' IRET refuses that
	c->cs = 0x33, c->ss = 0x2b;
	c->eflags = 0x202;
	c->fpstate = 0; // a fresh one
}

static void prepare(void)
{
	__asm__ volatile("mov %0, %%es; mov %0, %%ds; mov %0, %%fs; mov %0, %%gs" : : "r"(0));
	__asm__ volatile("wrfsbase %0; wrgsbase %1" : : "r"(r.fs), "r"(r.gs));
}

static void setup(void) {}
#else
enum { READ = 3, WRITE = 4, MMAP = 192, MPROTECT = 125, SIGACTION = 174, SIGALTSTACK = 186, EXIT = 1, SET_THREAD_AREA = 243, AFFINITY = 241 };

static long call(long n, long a, long b, long c, long d, long e, long f)
{
	__asm__ volatile("push %%ebp; mov %[f], %%ebp; int $0x80; pop %%ebp"
			 : "+a"(n) : "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "m"(f) : "memory");
	return n;
}

__asm__(".text\n"
	"step:\n"
	"	push %ebx; push %ebp; push %esi; push %edi\n"
	"	mov %esp, saved\n"
	"	pushl r+168\n"
	"	popfl\n"
	"	mov r+40, %eax\n"
	"	mov r+48, %ecx\n"
	"	mov r+56, %edx\n"
	"	mov r+64, %ebx\n"
	"	mov r+80, %ebp\n"
	"	mov r+88, %esi\n"
	"	mov r+96, %edi\n"
	"	mov r+72, %esp\n"
	"	jmp *target\n"
	"resume:\n"
	"	mov saved, %esp\n"
	"	pop %edi; pop %esi; pop %ebp; pop %ebx\n"
	"	ret\n"
	"restorer:\n"
	"	mov $173, %eax\n"
	"	int $0x80\n"
	".globl _start\n"
	"_start:\n"
	"	and $-16, %esp\n"
	"	call run\n");

struct context {
	word flags, link, stack[3];
	word gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, trapno, err, eip, cs, eflags, top, ss, fpstate, oldmask, cr2;
};

static void caught(int sig, void *info, struct context *c)
{
	(void)sig, (void)info;
	word regs[8] = {c->eax, c->ecx, c->edx, c->ebx, c->esp, c->ebp, c->esi, c->edi};
	for (int i = 0; i < 8; i++)
		r.regs[i] = regs[i];
	r.flags = c->eflags, r.rip = c->eip, r.trap = c->trapno, r.err = c->err, r.cr2 = c->cr2;
	r.sel[0] = (u16)c->es | (u64)(u16)c->cs << 16 | (u64)(u16)c->ss << 32 | (u64)(u16)c->ds << 48;
	r.sel[1] = (u16)c->fs | (u64)(u16)c->gs << 16;
	c->eip = (word)resume;
	c->cs = 0x23, c->ss = c->es = c->ds = 0x2b;
	c->eflags = 0x202;
	c->fpstate = 0;
}

static void prepare(void)
{
	__asm__ volatile("mov %0, %%fs; mov %1, %%gs" : : "r"(0x63), "r"(0x6b));
}

struct user_desc { u32 entry, base, limit, bits; };

// setup makes the segments of entries 12 and 13; their bases are those of every case.
static void setup(void)
{
	struct user_desc fs = {12, DATA + 0xf00, 0xfffff, 0x51}, gs = {13, DATA + 0x4ff0, 0xfffff, 0x51};
	call(SET_THREAD_AREA, (long)&fs, 0, 0, 0, 0, 0);
	call(SET_THREAD_AREA, (long)&gs, 0, 0, 0, 0, 0);
}
#endif

void *memset(void *p, int c, word n)
{
	void *d = p;
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(c) : "memory");
	return p;
}

void *memcpy(void *p, const void *q, word n)
{
	void *d = p;
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(q), "+c"(n) : : "memory");
	return p;
}

static int transfer(int how, int fd)
{
	for (word done = 0; done < sizeof r;) {
		long n = call(how, fd, (long)&r + done, sizeof r - done, 0, 0, 0);
		if (n <= 0)
			return 0;
		done += n;
	}
	return 1;
}

static void pagesAt(word at, word size)
{
	if (call(MMAP, at, size, 7, 0x32, -1, 0) != (long)at)
		call(EXIT, 3, 0, 0, 0, 0, 0);
	memset((void *)at, 0, size);
}

// fit reports whether the segments are Linux's (arch/x86/include/asm/segment.h), code for both modes and data. A virtual
// machine without the processor's help (PVM, say) has others, loses the FS base between two instructions at times, and
// has some instructions executed by software: it is no oracle.
static int fit(void)
{
	static const word selectors[] = {0x23, 0x2b, 0x33}, rights[] = {0xc0fb00, 0xc0f300, 0xa0fb00};
	for (int i = 0; i < 3; i++) {
		word got = 0;
		__asm__ volatile("lar %1, %0" : "+r"(got) : "r"(selectors[i]) : "cc");
		if ((got & 0xf0ff00) != rights[i])
			return 0;
	}
	return 1;
}

__attribute__((used)) void run(void)
{
	if (!fit())
		call(EXIT, 4, 0, 0, 0, 0, 0);
	struct { word sp; int flags; word size; } alt = {.sp = (word)stack, .size = sizeof stack};
	struct { void *handler; word flags; void *restorer; u64 mask; } act = {caught, 0x4c000004, restorer, 0};
	static const u8 signals[] = {4, 5, 7, 8, 11};
	static const word first[16] = {1};
	call(AFFINITY, 0, sizeof first, (long)first, 0, 0, 0); // LSL tells which processor it is
	pagesAt(CODE, 2 * PAGE);
	pagesAt(DATA, 2 * PAGE);
	pagesAt(DATA + 0x3000, PAGE);
	pagesAt(DATA + 0x5000, PAGE);
	memset((void *)CODE, 0xcc, 2 * PAGE);
	memset((void *)(DATA + 0x3000), 0x5a, PAGE);
	call(MPROTECT, DATA, 2 * PAGE, 3, 0, 0, 0);
	call(MPROTECT, DATA + 0x3000, PAGE, 1, 0, 0, 0);
	call(MPROTECT, DATA + 0x5000, PAGE, 3, 0, 0, 0);
	call(SIGALTSTACK, (long)&alt, 0, 0, 0, 0, 0);
	for (word i = 0; i < sizeof signals; i++)
		call(SIGACTION, signals[i], (long)&act, 0, 8, 0, 0);
	setup();
	while (transfer(READ, 0)) {
		for (int i = 0; i < 3; i++)
			memset((void *)(word)pages[i], 0, PAGE);
		for (int i = 0; i < 4; i++)
			memcpy((void *)(word)windows[i], r.mem[i], 64);
		word place = (word)r.place, length = (word)r.length;
		memcpy((void *)place, r.code, length);
		target = place;
		prepare();
		step();
		memset((void *)place, 0xcc, length);
		u32 sum = 0;
		for (int i = 0; i < 3; i++) {
			u32 *p = (void *)(word)pages[i];
			for (u32 k = 0; k < PAGE / 4; k++)
				if (p[k])
					sum = sum * 16777619 + (p[k] ^ k);
		}
		r.sum = sum;
		for (int i = 0; i < 4; i++)
			memcpy(r.mem[i], (void *)(word)windows[i], 64);
		transfer(WRITE, 1);
	}
	call(EXIT, 0, 0, 0, 0, 0, 0);
}
