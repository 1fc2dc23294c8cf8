// x87insn.c executes every x87 instruction on states of the unit chosen at random, and writes what it leaves.
//
//	gcc -O1 -o /tmp/x87insn x87insn.c && /tmp/x87insn | gzip -9n >x87insn.bin.gz          (x86-64 Linux)
//	/tmp/x87insn 400 SEED                         writes that many states instead of 48, for a longer test
//
// The output, little-endian:
//
//	u32 number of states, u32 number of instructions
//	states: FNSAVE image (108 bytes), memory operand (128 bytes), RFLAGS (u16), AX (u16)
//	instructions: length (u8) and 3 bytes; a memory operand is [rdi]
//	for each instruction, for each state: 0 or the number of the signal it died of (u8), and what a state holds, XORed
//	with the state before. Bytes 12-27 of the image, the pointers, are 0. After a signal all is 0.
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#pragma pack(1)
typedef struct { uint64_t man; uint16_t se; } f80;
typedef struct { uint32_t cw, sw, tw, ptr[4]; f80 st[8]; } image;
typedef struct { image x; uint8_t mem[128]; uint16_t flags, ax; } state;
typedef struct { uint8_t n, b[3]; } insn;
#pragma pack()

static uint64_t seed = 1;
static uint64_t rnd(void) {
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dull;
}
#define PICK(a) a[rnd() % (sizeof a / sizeof a[0])]

static const f80 values[] = {
	{0, 0}, {0, 0x8000}, {1, 0}, {0x8000000000000001, 0x8000}, {0x4000000000000000, 0x3fff},
	{0x8000000000000000, 0x7fff}, {0x8000000000000000, 0xffff}, {0xc000000000000001, 0x7fff},
	{0xa000000000000000, 0xffff}, {0x8000000000000000, 0x3fff}, {0xc000000000000000, 0xbffe},
	{0xc90fdaa22168c235, 0x4000}, {0xde0b6b3a763fffff, 0x403a}, {0xffffffffffffffff, 0x7ffe},
	{0x8000000000000000, 0x0001}, {0xfffe000000000000, 0x400d}, {0xe000000000000000, 0xc001},
	{0x8000000000000001, 0x3fff}, {0xb504f333f9de6484, 0x3ffe}, {0x9249249249249249, 0xc01f},
};
static const uint64_t words[] = {
	0, 0x8000000000000000, 1, 0x3ff0000000000000, 0xc000000000000000, 0x7ff0000000000000, 0x7ff4000000000000,
	0xfff8000000000001, 0x3f800000, 0xbf000000, 0x7f800001, 0xff800000, 0x00000001, 0x7fc00000, 0x400921fb54442d18,
	0x037f, 0x0f40, 0xffff, 0x8000, 0x80000000, 0x1234567890123456, 0x7fffffffffffffff, 0x000fffffffffffff,
};
static const uint16_t controls[] = {0x37f, 0x37f, 0x340, 0x27f, 0xf7f, 0xa7f, 0x77e, 0x36f, 0x35f, 0x37d, 0x07f};
static const uint16_t tags[] = {0, 0xffff, 0, 0xff00, 0x00ff, 0xcccc, 0x3333};

static state draw(void) {
	state s;
	memset(&s, 0, sizeof s);
	s.x.cw = PICK(controls);
	s.x.sw = rnd() & 0x7f00; // conditions and TOP
	if (rnd() & 1)
		s.x.sw |= rnd() & 0x3f; // exceptions, which may be pending
	if (rnd() % 8 && s.x.sw & ~s.x.cw & 0x3f)
		s.x.sw &= ~0x3f;
	s.x.tw = rnd() & 1 ? 0 : PICK(tags);
	for (int i = 0; i < 8; i++) {
		s.x.st[i] = PICK(values);
		if ((rnd() & 3) == 0)
			s.x.st[i].man = rnd() | 1ull << 63, s.x.st[i].se = (0x3fff + rnd() % 80 - 40) ^ (rnd() & 0x8000);
	}
	for (int i = 0; i < 16; i++) {
		uint64_t w = rnd() & 1 ? rnd() : PICK(words);
		memcpy(s.mem + 8 * i, &w, 8);
	}
	uint64_t w = PICK(words);
	memcpy(s.mem, &w, 8);
	if (rnd() & 1)
		memcpy(s.mem, &PICK(values), 10);
	s.flags = 0x202 | (rnd() & 0x8d5);
	s.ax = rnd();
	return s;
}

static uint8_t *code;
static sigjmp_buf back;
static void died(int sig) { siglongjmp(back, sig); }

static void run(const insn *in, const state *s) {
	state r = *s;
	image out;
	uint64_t regs[4] = {s->flags, s->ax};
	static const uint8_t head[] = {0xdd, 0x26, 0x48, 0x8b, 0x41, 0x08, 0xff, 0x31, 0x9d};
	// frstor [rsi]; mov rax, [rcx+8]; push [rcx]; popf; …; pushf; pop [rcx+16]; mov [rcx+24], rax; fnsave [rdx]; ret
	static const uint8_t tail[] = {0x9c, 0x8f, 0x41, 0x10, 0x48, 0x89, 0x41, 0x18, 0xdd, 0x32, 0xc3};
	uint8_t *p = code;
	memcpy(p, head, sizeof head), p += sizeof head;
	memcpy(p, in->b, in->n), p += in->n;
	memcpy(p, tail, sizeof tail);
	volatile uint8_t sig = sigsetjmp(back, 1);
	if (!sig) {
		((void (*)(void *, const void *, void *, void *))code)(r.mem, &s->x, &out, regs);
		r.x = out;
		memset(r.x.ptr, 0, sizeof r.x.ptr);
		r.flags = regs[2];
		r.ax = regs[3];
		for (size_t i = 0; i < sizeof r; i++)
			((uint8_t *)&r)[i] ^= ((const uint8_t *)s)[i];
	} else {
		__asm__ volatile("fninit");
		memset(&r, 0, sizeof r);
	}
	fputc(sig, stdout);
	fwrite(&r, sizeof r, 1, stdout);
}

int main(int argc, char **argv) {
	uint32_t head[2] = {argc > 1 ? atoi(argv[1]) : 48, 0};
	if (argc > 2)
		seed = strtoull(argv[2], 0, 0);
	static insn list[1024];
	int n = 0;
	list[n++] = (insn){1, {0x9b}};
	for (int op = 0xd8; op <= 0xdf; op++) {
		for (int i = 0; i < 8; i++)
			list[n++] = (insn){2, {op, i << 3 | 7}};
		for (int i = 0xc0; i < 0x100; i++)
			list[n++] = (insn){2, {op, i}};
	}
	list[n++] = (insn){3, {0x66, 0xd9, 0x27}};
	list[n++] = (insn){3, {0x66, 0xd9, 0x37}};
	list[n++] = (insn){3, {0x66, 0xdd, 0x27}};
	list[n++] = (insn){3, {0x66, 0xdd, 0x37}};
	head[1] = n;
	code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	signal(SIGILL, died);
	signal(SIGFPE, died);
	state *s = malloc(head[0] * sizeof *s);
	fwrite(head, 4, 2, stdout);
	for (uint32_t i = 0; i < head[0]; i++) {
		s[i] = draw();
		fwrite(&s[i], sizeof s[i], 1, stdout);
	}
	fwrite(list, sizeof list[0], n, stdout);
	for (int i = 0; i < n; i++)
		for (uint32_t j = 0; j < head[0]; j++)
			run(&list[i], &s[j]);
}
