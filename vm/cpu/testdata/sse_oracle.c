// Runs single vector instructions on the processor that it runs on: for each record on standard input it writes the same
// record, as the instruction left it, to standard output. The layout is that of vecCase in sse_host_test.go.
//
//	gcc -O1 -static -o sse_oracle sse_oracle.c
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

struct record {
	uint8_t code[16];
	uint64_t length, offset;       // of the code; of the operand in mem
	uint64_t mxcsr, flags, trap;   // trap: 0, or 1 + the exception's vector
	uint64_t xmm[3][2];            // xmm0 to xmm2
	uint64_t mm[2];                // mm1, mm2
	uint64_t rax, rcx, rdx;
	uint64_t tags;                 // the abridged x87 tags
	uint64_t mem[8];
};

struct record r; // not static: step uses them
uint8_t image[512] __attribute__((aligned(64)));
static uint64_t memory[8] __attribute__((aligned(64)));
uint8_t *code;
void *pointer;
static sigjmp_buf back;

#define STATUS 0x8d5

void step(void);
__asm__(".text\n"
	"step:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
	"	fxrstor64 image(%rip)\n"
	"	pushq r+40(%rip)\n"
	"	popfq\n"
	"	mov r+120(%rip), %rax\n"
	"	mov r+128(%rip), %rcx\n"
	"	mov r+136(%rip), %rdx\n"
	"	mov pointer(%rip), %rsi\n"
	"	mov %rsi, %rdi\n"
	"	call *code(%rip)\n"
	"	mov %rax, r+120(%rip)\n"
	"	mov %rcx, r+128(%rip)\n"
	"	mov %rdx, r+136(%rip)\n"
	"	pushfq\n"
	"	popq r+40(%rip)\n"
	"	fxsave64 image(%rip)\n"
	"	fninit\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n");

static void caught(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *g = uc->uc_mcontext.gregs;
	memcpy(image, uc->uc_mcontext.fpregs, sizeof image);
	r.rax = g[REG_RAX];
	r.rcx = g[REG_RCX];
	r.rdx = g[REG_RDX];
	r.flags = g[REG_EFL];
	r.trap = 1 + g[REG_TRAPNO];
	siglongjmp(back, 1);
}

int main(void)
{
	static char stack[65536];
	stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack};
	sigaltstack(&ss, NULL);
	struct sigaction sa = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	int signals[] = {SIGFPE, SIGSEGV, SIGILL, SIGBUS};
	for (int i = 0; i < 4; i++)
		sigaction(signals[i], &sa, NULL);
	code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (code == MAP_FAILED)
		return 1;
	while (fread(&r, sizeof r, 1, stdin) == 1) {
		memset(image, 0, sizeof image);
		*(uint16_t *)image = 0x37f;
		memcpy(image + 24, &r.mxcsr, 4);
		for (int i = 0; i < 2; i++) {
			memcpy(image + 32 + 16 * (i + 1), &r.mm[i], 8);
			memset(image + 32 + 16 * (i + 1) + 8, 0xff, 2);
		}
		memcpy(image + 160, r.xmm, sizeof r.xmm);
		memcpy(memory, r.mem, sizeof memory);
		memcpy(code, r.code, r.length);
		code[r.length] = 0xc3;
		pointer = (uint8_t *)memory + r.offset;
		r.flags = (r.flags & STATUS) | 2;
		r.trap = 0;
		if (sigsetjmp(back, 1) == 0)
			step();
		__builtin_ia32_ldmxcsr(0x1f80);
		r.flags &= STATUS;
		r.mxcsr = 0;
		memcpy(&r.mxcsr, image + 24, 4);
		memcpy(r.mem, memory, sizeof memory);
		memcpy(r.xmm, image + 160, sizeof r.xmm);
		for (int i = 0; i < 2; i++)
			memcpy(&r.mm[i], image + 32 + 16 * (i + 1), 8);
		r.tags = image[4];
		fwrite(&r, sizeof r, 1, stdout);
	}
	return 0;
}
