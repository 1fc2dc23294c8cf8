// CPUID and RDTSC. With an argument the answers must be exactly those of the processor that memlab shows; without, they
// must make sense.
#include "check.h"
.macro LEAF n, s, a, b, c, d
	movl $\n, %eax
	movl $\s, %ecx
	cpuid
	cmpl $\a, %eax
	call equal
	cmpl $\b, %ebx
	call equal
	cmpl $\c, %ecx
	call equal
	cmpl $\d, %edx
	call equal
.endm
	.globl _start
equal:
	pushfq
	incq number(%rip)
	popfq
	jne fail
	ret
_start:
	movq (%rsp), %r14
	call catch
	xorl %eax, %eax
	cpuid
	cmpl $7, %eax
	incq number(%rip)
	jb fail
	movl $1, %eax
	cpuid
	andl $0x00982201, %ecx
	EQ %rcx, $0x00982201
	andl $0x07808111, %edx
	EQ %rdx, $0x07808111
	xorl %ebx, %ebx			// leaf 4 comes to an end
	movl $20, %r13d
1:	movl %ebx, %r12d
	movl $4, %eax
	movl %r12d, %ecx
	cpuid
	leal 1(%r12), %ebx
	testl $31, %eax
	jz 2f
	decl %r13d
	jnz 1b
2:	incq number(%rip)
	testl %r13d, %r13d
	jz fail
	rdtsc
	shlq $32, %rdx
	orq %rax, %rdx
	movq %rdx, %rbx
	movl $1000, %ecx
3:	rdtsc
	shlq $32, %rdx
	orq %rax, %rdx
	incq number(%rip)
	cmpq %rbx, %rdx
	jb fail
	movq %rdx, %rbx
	decl %ecx
	jnz 3b
	movq $-1, %rax			// the upper halves become 0
	movq $-1, %rdx
	rdtsc
	shrq $32, %rax
	EQ %rax, $0
	shrq $32, %rdx
	EQ %rdx, $0
	cmpq $1, %r14
	je succeed
	LEAF 0, 0, 7, 0x756e6547, 0x6c65746e, 0x49656e69
	LEAF 1, 0, 0x000106A3, 0x00010800, 0x00982201, 0x1f8bfbff
	LEAF 2, 0, 0x00FEFF01, 0, 0, 0
	LEAF 3, 0, 0, 0, 0, 0
	LEAF 4, 0, 0x121, 0x01C0003F, 0x3F, 0
	LEAF 4, 1, 0x122, 0x01C0003F, 0x3F, 0
	LEAF 4, 2, 0x143, 0x01C0003F, 0x1FF, 0
	LEAF 4, 3, 0x163, 0x03C0003F, 0x1FFF, 2
	LEAF 4, 4, 0, 0, 0, 0
	LEAF 4, 0x7fffffff, 0, 0, 0, 0
	LEAF 5, 0, 0, 0, 0, 0
	LEAF 7, 0, 0, 1, 0, 0
	LEAF 7, 1, 0, 0, 0, 0
	LEAF 0xd, 0, 0, 0, 0, 0
	LEAF 0x80000000, 0, 0x80000008, 0, 0, 0
	LEAF 0x80000001, 0, 0, 0, 1, 0x20100800
	LEAF 0x80000006, 0, 0, 0, 0x01006040, 0
	LEAF 0x80000008, 0, 0x3030, 0, 0, 0
	LEAF 0x40000000, 0, 0, 0, 0, 0
	.irp name, "vzeroupper", "rdrand %eax", "xgetbv", "rdtscp", "pclmulqdq $0,%xmm0,%xmm0", "aesenc %xmm0,%xmm0", "movbe (%rsp),%eax", "andn %eax,%eax,%eax"
	TRY				// not reported: undefined
8:	\name
9:	SIGNAL SIGILL, 2, 6, 0
	AT rip, 8b
	.endr
	jmp succeed
