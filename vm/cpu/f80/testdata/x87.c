// x87.c asks the processor that it runs on what its x87 instructions answer.
//
//	gcc -O1 -o /tmp/x87 x87.c && /tmp/x87 | gzip -9n >x87.bin.gz          (x86-64 Linux)
//	/tmp/x87 100000 SEED                    writes that many random pairs instead, for a longer test
//
// Each answer is had by FRSTOR of a state made for it, the instruction, and FNSAVE. The output, little-endian:
//
//	u32 number of edge operands, u32 number of random pairs
//	operands: edges, then pairs (first, second); 10 bytes each
//	then for each operation of ops below, in order, for each pair of operands (unary ones: each edge, and the first of
//	each random pair), for each control word of the operation's list: ST0 (10 bytes), and after operations with two
//	results ST1 or ST7, else what was stored (10 bytes); the status word (2 bytes), and 0 or 1 for ST0 being empty.
//	Each record is XORed with the one before, the first of each pair of operands is plain.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#pragma pack(1)
typedef struct { uint64_t man; uint16_t se; } f80;
typedef struct { uint32_t cw, sw, tw, ip, cs, dp, ds; f80 st[8]; } image;
typedef struct { f80 st, second; uint16_t sw; uint8_t empty; } answer;
#pragma pack()

enum { UNARY, BINARY };
enum { NONE, MEM, PUSHED }; // where the second result is

static const struct op {
	const char *name;
	uint8_t code[4];
	int kind, second, wide; // wide: with all control words
} ops[] = {
	{"fadd", {0xd8, 0xc1}, BINARY, NONE, 1},     {"fsub", {0xd8, 0xe1}, BINARY, NONE, 1},
	{"fmul", {0xd8, 0xc9}, BINARY, NONE, 1},     {"fdiv", {0xd8, 0xf1}, BINARY, NONE, 1},
	{"fsqrt", {0xd9, 0xfa}, UNARY, NONE, 1},     {"fprem", {0xd9, 0xf8}, BINARY, NONE, 0},
	{"fprem1", {0xd9, 0xf5}, BINARY, NONE, 0},   {"fscale", {0xd9, 0xfd}, BINARY, NONE, 0},
	{"fcom", {0xd8, 0xd1}, BINARY, NONE, 0},     {"fucom", {0xdd, 0xe1}, BINARY, NONE, 0},
	{"frndint", {0xd9, 0xfc}, UNARY, NONE, 0},   {"fxtract", {0xd9, 0xf4}, UNARY, PUSHED, 0},
	{"fst32", {0xd9, 0x17}, UNARY, MEM, 0},      {"fst64", {0xdd, 0x17}, UNARY, MEM, 0},
	{"fist16", {0xdf, 0x17}, UNARY, MEM, 0},     {"fist32", {0xdb, 0x17}, UNARY, MEM, 0},
	{"fistp64", {0xdf, 0x3f}, UNARY, MEM, 0},    {"fisttp16", {0xdf, 0x0f}, UNARY, MEM, 0},
	{"fisttp32", {0xdb, 0x0f}, UNARY, MEM, 0},   {"fisttp64", {0xdd, 0x0f}, UNARY, MEM, 0},
	{"fbstp", {0xdf, 0x37}, UNARY, MEM, 0},      {"fld32", {0xd9, 0x07}, UNARY, NONE, 0},
	{"fld64", {0xdd, 0x07}, UNARY, NONE, 0},     {"fild16", {0xdf, 0x07}, UNARY, NONE, 0},
	{"fild32", {0xdb, 0x07}, UNARY, NONE, 0},    {"fild64", {0xdf, 0x2f}, UNARY, NONE, 0},
	{"fbld", {0xdf, 0x27}, UNARY, NONE, 0},      {"fxam", {0xd9, 0xe5}, UNARY, NONE, 0},
	{"f2xm1", {0xd9, 0xf0}, UNARY, NONE, 0},     {"fyl2x", {0xd9, 0xf1}, BINARY, NONE, 0},
	{"fyl2xp1", {0xd9, 0xf9}, BINARY, NONE, 0},  {"fpatan", {0xd9, 0xf3}, BINARY, NONE, 0},
	{"fptan", {0xd9, 0xf2}, UNARY, PUSHED, 0},   {"fsincos", {0xd9, 0xfb}, UNARY, PUSHED, 0},
	{"fsin", {0xd9, 0xfe}, UNARY, NONE, 0},      {"fcos", {0xd9, 0xff}, UNARY, NONE, 0},
};

// The first 6 are used for every operation.
static const uint16_t controls[] = {
	0x37f, 0x77f, 0xb7f, 0xf7f, 0x340, 0x047, 0x07f, 0x47f, 0x87f, 0xc7f, 0x27f, 0x67f, 0xa7f, 0xe7f, 0xa67, 0x17f,
};

static uint8_t *code;

static void run(const struct op *o, uint16_t cw, const f80 *a, const f80 *b, answer *r) {
	image in, out;
	uint8_t mem[16];
	memset(&in, 0, sizeof in);
	memset(mem, o->second == MEM ? 0xa5 : 0, sizeof mem); // to see what is not stored
	in.cw = cw;
	in.tw = 0xfff0; // FRSTOR wants no more than empty or not
	in.st[0] = *a;
	in.st[1] = *b;
	if (o->kind == UNARY) {
		in.tw = 0xfffc;
		if (o->second != MEM)
			memcpy(mem, a, 10);
		if (o->second == NONE && (o->code[1] & 0xc0) == 0)
			in.tw = 0xffff;
		memset(&in.st[1], 0, 10);
	}
	// frstor [rsi]; op; fnsave [rdx]; ret
	const uint8_t head[] = {0xdd, 0x26}, tail[] = {0xdd, 0x32, 0xc3};
	memcpy(code, head, 2);
	memcpy(code + 2, o->code, 2);
	memcpy(code + 4, tail, 3);
	((void (*)(void *, void *, void *))code)(mem, &in, &out);
	memset(r, 0, sizeof *r);
	int top = out.sw >> 11 & 7;
	r->st = out.st[0];
	r->sw = out.sw;
	r->empty = (out.tw >> (2 * top) & 3) == 3;
	if (o->second == MEM)
		memcpy(&r->second, mem, 10);
	if (o->second == PUSHED)
		r->second = out.st[1];
}

static uint64_t seed = 1;
static uint64_t rnd(void) {
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dull;
}

static const uint64_t mans[] = {
	0x8000000000000000, 0x8000000000000001, 0x80000000000003ff, 0x8000000000000400, 0x8000008000000000,
	0xc000000000000000, 0xffffffffffffffff, 0xfffffffffffffc00, 0xffffff8000000000, 0xb504f333f9de6484,
};

static f80 draw(void) {
	f80 r;
	r.man = rnd() | 1ull << 63;
	switch (rnd() & 3) {
	case 0: r.man = mans[rnd() % 10]; break;
	case 1: r.man &= ~0ull << (rnd() & 63); r.man |= 1ull << 63; break;
	}
	switch (rnd() & 7) {
	case 0: r.se = rnd(); break;
	case 1: r.se = rnd() % 70; break;
	case 2: r.se = 0x7ffe - rnd() % 70; break;
	case 3: r.se = 0x3fff - 1022 + rnd() % 70 - 60; break;
	default: r.se = 0x3fff + rnd() % 132 - 66;
	}
	if ((r.se & 0x7fff) == 0) r.man >>= rnd() & 63;
	r.se ^= rnd() & 0x8000;
	return r;
}

static const f80 edges[] = {
	{0, 0}, {0, 0x8000}, {1, 0}, {0x7fffffffffffffff, 0x8000}, {0x4000000000000000, 0}, // zeros, denormals
	{0x8000000000000000, 0}, {0xffffffffffffffff, 0x8000},                              // pseudo-denormals
	{0x8000000000000000, 1}, {0xffffffffffffffff, 0x8001},                              // least normals
	{0x4000000000000000, 0x3fff}, {0, 0x4000}, {0, 0x7fff}, {0x4000000000000001, 0x7fff}, // unnormals and the like
	{0x8000000000000000, 0x7fff}, {0x8000000000000000, 0xffff},                         // infinities
	{0xc000000000000000, 0xffff}, {0xc000000000000001, 0x7fff}, {0xc000000000000001, 0xffff},
	{0xffffffffffffffff, 0x7fff},                                                       // quiet NaNs
	{0x8000000000000001, 0x7fff}, {0xbfffffffffffffff, 0xffff}, {0xa000000000000000, 0x7fff}, // signalling NaNs
	{0xffffffffffffffff, 0x7ffe}, {0x8000000000000000, 0xfffe},                         // greatest
	{0x8000000000000000, 0x3fff}, {0x8000000000000000, 0xbfff}, {0x8000000000000000, 0x4000}, // 1, -1, 2
	{0xc000000000000000, 0x3fff}, {0x8000000000000000, 0x3ffe}, {0xc000000000000000, 0xbffe}, // 1.5, .5, -.75
	{0x8000000000000001, 0x3fff}, {0xffffffffffffffff, 0x3ffe}, {0xffffffffffffffff, 0xbfff},
	{0xa000000000000000, 0x4000}, {0xa000000000000000, 0x3fff},                         // 2.5, 1.25
	{0x8000000000000400, 0x3fff}, {0x8000008000000000, 0xbfff},                         // halves of a unit of 53, 24
	{0xfffffffffffffc00, 0x3ffe}, {0xffffff8000000000, 0x3ffe},
	{0xfffe000000000000, 0x400d}, {0xffff000000000000, 0xc00d}, {0xfffffffe00000000, 0x401d}, // integer limits
	{0x8000000000000000, 0xc01e}, {0xfffffffffffffffe, 0x403d}, {0x8000000000000000, 0xc03e},
	{0xffffffffffffffff, 0x403d}, {0xffffffffffffffff, 0x403e}, {0x8000000100000000, 0xc01e},
	{0xde0b6b3a763fffff, 0x403a}, {0xde0b6b3a76400000, 0xc03a}, {0xde0b6b3a763fffe0, 0x403a}, // 10^18
	{0x8000000000000000, 0x3f80}, {0xffffff7fffffffff, 0x3f80}, {0xffffff8000000000, 0xbf80}, // limits of m32
	{0xffffff8000000000, 0x407e}, {0xffffff7fffffffff, 0x407e}, {0x8000000000000000, 0x3f69},
	{0x8000000000000000, 0x3c00}, {0xfffffffffffffc00, 0x3c00}, {0xfffffffffffff800, 0x43fe}, // limits of m64
	{0xfffffffffffffbff, 0x43fe}, {0x8000000000000001, 0x3bcc}, {0x8000000000000000, 0x3bcc},
	{0xc90fdaa22168c235, 0x4000}, {0xc90fdaa22168c235, 0x3fff}, {0xc90fdaa22168c235, 0xbffe}, // pi and its parts
	{0x95f619980c4336f7, 0x3ffd}, {0xb17217f7d1cf79ac, 0x3ffe}, {0xd49a784bcd1b8afe, 0x4000},
};
enum { EDGES = sizeof edges / sizeof edges[0] };

static void ask(const struct op *o, const f80 *a, const f80 *b) {
	answer r[16];
	int n = o->wide ? 16 : 6;
	for (int i = 0; i < n; i++)
		run(o, controls[i], a, b, &r[i]);
	for (int i = n - 1; i > 0; i--)
		for (size_t j = 0; j < sizeof r[0]; j++)
			((uint8_t *)&r[i])[j] ^= ((uint8_t *)&r[i - 1])[j];
	fwrite(r, sizeof r[0], n, stdout);
}

int main(int argc, char **argv) {
	uint32_t head[2] = {EDGES, argc > 1 ? atoi(argv[1]) : 250};
	if (argc > 2)
		seed = strtoull(argv[2], 0, 0), head[0] = 0;
	code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	f80 *pairs = malloc(2 * sizeof(f80) * head[1]);
	for (uint32_t i = 0; i < 2 * head[1]; i++) {
		pairs[i] = draw();
		if (i & 1 && rnd() & 1) // near the first
			pairs[i].se = (pairs[i - 1].se + rnd() % 9 - 4) ^ (rnd() & 0x8000);
	}
	fwrite(head, 4, 2, stdout);
	fwrite(edges, sizeof(f80), head[0], stdout);
	fwrite(pairs, sizeof(f80), 2 * head[1], stdout);
	for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
		for (uint32_t j = 0; j < head[0]; j++)
			if (ops[i].kind == UNARY)
				ask(&ops[i], &edges[j], &edges[0]);
			else
				for (uint32_t k = 0; k < head[0]; k++)
					ask(&ops[i], &edges[j], &edges[k]);
		for (uint32_t j = 0; j < head[1]; j++)
			ask(&ops[i], &pairs[2 * j], &pairs[2 * j + 1]);
	}
}
