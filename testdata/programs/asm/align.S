// Alignment checks: with AC set, an access must be aligned to its size, or SIGBUS comes, before any look at the page.
#include "check.h"
	.bss
	.balign 64
room:	.fill 2048, 1
	.text
.macro AC_ON
	pushfq
	orl $0x40000, (%rsp)
	popfq
.endm
.macro AC_OFF
	pushfq
	andl $~0x40000, (%rsp)
	popfq
.endm

// FINE is an instruction that may be done with AC set, BAD one that may not be. A handler's frame is aligned.
.macro FINE insn:vararg
	TRY
	AC_ON
	\insn
9:	AC_OFF
	IS sig, 0
.endm
.macro BAD insn:vararg
	TRY
	AC_ON
8:	\insn
9:	AC_OFF
	SIGNAL SIGBUS, 1, 17, 0
	AT rip, 8b
	IS addr, 0
.endm

	.globl _start
_start:
	call catch
	leaq room(%rip), %rbx
	FINE movb 1(%rbx), %al
	FINE movw 2(%rbx), %ax
	BAD movw 1(%rbx), %ax
	FINE movl 4(%rbx), %eax
	BAD movl 2(%rbx), %eax
	BAD movq 4(%rbx), %rax
	BAD movl %eax, 3(%rbx)
	BAD addl %eax, 1(%rbx)
	BAD xchgl %eax, 1(%rbx)
	BAD movups 8(%rbx), %xmm0
	FINE movups 16(%rbx), %xmm0
	BAD movdqu %xmm0, 8(%rbx)
	BAD lddqu 8(%rbx), %xmm0
	FINE movsd 8(%rbx), %xmm0
	BAD movsd 4(%rbx), %xmm0
	FINE fldt 8(%rbx)
	fstp %st(0)
	BAD fldt 4(%rbx)
	FINE fnstenv 4(%rbx)
	BAD fnstenv 2(%rbx)
	BAD fxsave 2(%rbx)
	BAD cmpxchg8b 4(%rbx)
	BAD pcmpistri $0, 8(%rbx), %xmm0
	FINE prefetcht0 1(%rbx)
	FINE clflush 1(%rbx)
	FINE sgdt 1(%rbx)
	leaq 1(%rbx), %rsi
	leaq 64(%rbx), %rdi
	movl $3, %ecx
	BAD rep movsl
	EQ %rcx, $3
	BAD movl 0x7fff0001(%rbx), %eax	// nothing is mapped there
	TRY				// 16-byte operands that always have to be aligned
	AC_ON
8:	movaps 8(%rbx), %xmm0
9:	AC_OFF
	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	TRY				// the stack
	leaq 1028(%rbx), %rsp
	AC_ON
8:	pushq %rax
9:	AC_OFF
	SIGNAL SIGBUS, 1, 17, 0
	TRY				// without AC nothing of this matters
	movq 1(%rbx), %rax
	movups 1(%rbx), %xmm0
9:	IS sig, 0
	jmp succeed
