// Exceptions: the signal, its code and address, trap number, error code and RIP.
#include "check.h"
	.globl _start
_start:
	call catch
	movl $3, %edx
	movl $0x3000, %esi
	call page
	movq %rax, %rbp			// three pages: rw, rw, none; then one that can only be read
	leaq 0x2000(%rbp), %rdi
	SYS 11, %rdi, $0x1000, $0
	leaq 0x1000(%rbp), %rbx

	TRY
8:	ud2
9:	SIGNAL SIGILL, 2, 6, 0
	AT addr, 8b
	AT rip, 8b

	TRY
8:	hlt
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	IS addr, 0
	AT rip, 8b

	TRY
	int3
8:
9:	SIGNAL SIGTRAP, SI_KERNEL, 3, 0
	IS addr, 0
	AT rip, 8b

	TRY
	.byte 0xcd, 3
8:
9:	SIGNAL SIGTRAP, SI_KERNEL, 3, 0
	AT rip, 8b

	TRY
	.byte 0xcd, 4
8:
9:	SIGNAL SIGSEGV, SI_KERNEL, 4, 0
	AT rip, 8b

	TRY
8:	int $0x21
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x10a
	AT rip, 8b

	TRY
	xorl %ecx, %ecx
8:	divl %ecx
9:	SIGNAL SIGFPE, 1, 0, 0
	AT addr, 8b
	AT rip, 8b

	TRY				// the quotient does not fit
	movl $2, %ecx
	movl $2, %edx
8:	divl %ecx
9:	SIGNAL SIGFPE, 1, 0, 0
	AT addr, 8b

	TRY				// no area
8:	movl 0x123, %eax
9:	SIGNAL SIGSEGV, 1, 14, 4
	IS addr, 0x123
	IS cr2, 0x123
	AT rip, 8b

	TRY
8:	movl %eax, 0x123
9:	SIGNAL SIGSEGV, 1, 14, 6
	IS addr, 0x123

	TRY				// code cannot be written
8:	incb _start(%rip)
9:	SIGNAL SIGSEGV, 2, 14, 7
	AT addr, _start
	AT rip, 8b

	TRY				// not canonical
	movabsq $0x8000000000000000, %rsi
8:	movq (%rsi), %rax
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	IS addr, 0
	AT rip, 8b

	TRY				// the same on the stack
	movabsq $0x8000000000000000, %rsp
8:	pushq %rax
9:	SIGNAL SIGBUS, SI_KERNEL, 12, 0
	AT rip, 8b

	TRY				// the same as the target of a return; nothing of it is done
	movabsq $0x8000000000000000, %rax
	pushq %rax
	movq %rsp, %r14
8:	ret
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	AT rip, 8b
	movq regs+32(%rip), %rax
	EQ %rax, %r14

	TRY				// and of a jump
	movabsq $0x8000000000000000, %rax
8:	jmp *%rax
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	AT rip, 8b

	TRY				// not aligned
	leaq 1(%rbx), %rsi
8:	movaps (%rsi), %xmm0
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	AT rip, 8b

	TRY				// 16 bytes
8:	.fill 15, 1, 0x3e
	nop
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	AT rip, 8b

	TRY				// 15 bytes
	.fill 14, 1, 0x3e
	nop
9:	IS sig, 0

	TRY				// LOCK without a destination in memory
8:	.byte 0xf0, 0x01, 0xc0
9:	SIGNAL SIGILL, 2, 6, 0
	AT rip, 8b

	TRY				// data is not code
	movb $0xc3, (%rbx)
	jmp *%rbx
9:	SIGNAL SIGSEGV, 2, 14, 0x15
	movq addr(%rip), %rax
	EQ %rax, %rbx
	movq rip(%rip), %rax
	EQ %rax, %rbx

	TRY				// a store across a page boundary changes nothing before it
	movq $-1, 0xff8(%rbx)
	leaq 0xffc(%rbx), %rsi
8:	movq $0, (%rsi)
9:	SIGNAL SIGSEGV, 1, 14, 6
	leaq 0x1000(%rbx), %rax
	EQ %rax, addr(%rip)
	movq 0xff8(%rbx), %rax
	EQ %rax, $-1
	AT rip, 8b

	TRY				// an instruction that goes on in a page that is not there
	leaq -1(%rbp), %rdi
	SYS 10, %rbp, $0x2000, $7
	movw $0xb848, 0xffe(%rbx)
	leaq 0xffe(%rbx), %r14
	jmp *%r14
9:	SIGNAL SIGSEGV, 1, 14, 0x14
	leaq 0x1000(%rbx), %rax
	EQ %rax, addr(%rip)
	EQ %r14, rip(%rip)

	TRY				// undefined in the last byte of a page
	movb $0x06, 0xfff(%rbx)
	leaq 0xfff(%rbx), %r14
	jmp *%r14
9:	SIGNAL SIGILL, 2, 6, 0
	EQ %r14, rip(%rip)

	TRY				// a string operation that fails on its way
	movq $100, %rcx
	leaq 0xff0(%rbx), %rdi
	movl $0x55, %eax
	cld
8:	rep stosb
9:	SIGNAL SIGSEGV, 1, 14, 6
	EQ %rcx, $84
	leaq 0x1000(%rbx), %rax
	EQ %rax, %rdi
	AT rip, 8b

	TRY				// selectors
	movl $0x18, %eax
8:	movl %eax, %ds
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x18
	AT rip, 8b

	TRY
	pushq $0x2b
	leaq 9f(%rip), %rax
	pushq %rax
8:	lretq
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x28
	AT rip, 8b

	TRY				// to the same segment it is a return
	movq %rsp, %r14
	pushq $0x33
	leaq 8f(%rip), %rax
	pushq %rax
	lretq
	ud2
8:	EQ %rsp, %r14
9:	IS sig, 0

	TRY				// IRET
	movq %rsp, %r14
	pushq $0x2b
	pushq %r14
	pushq $0xad7
	pushq $0x33
	leaq 8f(%rip), %rax
	pushq %rax
	iretq
	ud2
8:	pushfq
	popq %rax
	cld
	andl $0xcd5, %eax
	EQ %rax, $0x8d5
	EQ %rsp, %r14
9:	IS sig, 0

	TRY				// IRET with NT
	pushq $0x4202
	popfq
8:	iretq
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	AT rip, 8b
	jmp succeed
