// 64-bit and 32-bit code in one process: far jumps, calls, returns and IRET between their segments, faults on either side, and
// INT 80h from both. Byte 40h is INC EAX in one mode and a prefix in the other, so it tells which one runs.
#include "check.h"
	.bss
	.balign 16
	.fill 4096, 1
low:	.quad 0
	.data
	.balign 8
to32:	.long in32
	.word 0x23
to32b:	.long call32
	.word 0x23
to32c:	.long int80
	.word 0x23
to32d:	.long fault32
	.word 0x23
to32e:	.quad in32 + 0x100000000
	.word 0x23
to32f:	.long frame32
	.word 0x23
back:	.long 1f
	.word 0x33
mode:	.quad 0

	.text
// MODE32 checks in 32-bit code that it is: EAX must become 1.
.macro MODE32
	xorl %eax, %eax
	.byte 0x40, 0x90
	cmpl $1, %eax
	jne fail32
.endm

	.globl _start
_start:
	call catch
	leaq low(%rip), %rsp		// 32-bit code needs a stack below 4 GiB
	ljmp *to32(%rip)

	.code32
in32:	MODE32
	movl $0x2b, %eax		// 64-bit code has none
	movl %eax, %ds
	movl %eax, %es
	movl %cs, %eax
	cmpl $0x23, %eax
	jne fail32
	movl $0x80000000, %ecx		// 32-bit arithmetic, 32-bit stack slots
	addl %ecx, %ecx
	jnc fail32
	movl %esp, %edx
	pushl %ecx
	subl %esp, %edx
	cmpl $4, %edx
	jne fail32
	popl %ecx
	ljmp $0x33, $1f
	.code64
1:	movl $2, %eax
	.byte 0x40, 0x90
	EQ %rax, $2
	movl %cs, %eax
	EQ %rax, $0x33
	EQ %rcx, $0			// what 32-bit code has written has an empty upper half

	movq %rsp, %rbp
	lcall *to32b(%rip)		// slots of 32 bits
	EQ %rsp, %rbp
	EQ %rbx, $77

	pushq $0x23			// a far return to 32-bit code
	leaq 1f(%rip), %rax
	pushq %rax
	lretq
	.code32
1:	MODE32
	pushl $0x33			// and one back
	pushl $1f
	lret
	.code64
1:	EQ %rsp, %rbp

	movl %ss, %eax			// IRET, which takes the stack along
	pushq %rax
	pushq %rbp
	pushfq
	pushq $0x23
	leaq 1f(%rip), %rax
	pushq %rax
	iretq
	.code32
1:	MODE32
	pushfl				// and one that does not
	pushl $0x33
	pushl $1f
	stc
	iret
	.code64
1:	EQ %rsp, %rbp
	setc %al
	movzbl %al, %eax
	EQ %rax, $0

	ljmp *to32c(%rip)		// system calls of either kind
	.code32
int80:	movl $20, %eax			// getpid
	int $0x80
	movl %eax, %ebx
	ljmp $0x33, $1f
	.code64
1:	movl $39, %eax
	syscall
	EQ %rax, %rbx
	movq $-1, %rdi			// upper halves and R8 to R11 do not count, and are kept
	movabsq $0xabcdef0000000014, %rax
	movabsq $0x8888888888888888, %r8
	movabsq $0x1111111111111111, %r11
	int $0x80
	EQ %rax, %rbx
	movabsq $0x8888888888888888, %rax
	EQ %r8, %rax
	movabsq $0x1111111111111111, %rax
	EQ %r11, %rax
	movl $6, %eax			// close: an error fills RAX
	movq $-1, %rbx
	int $0x80
	EQ %rax, $-9
	movl $999, %eax
	int $0x80
	EQ %rax, $-38

	TRY				// a fault in 32-bit code comes to a 64-bit handler, which returns there
	ljmp *to32d(%rip)
	.code32
fault32:
	xorl %eax, %eax
8:	movl %eax, (%eax)
9:	MODE32
	ljmp $0x33, $1f
	.code64
1:	SIGNAL SIGSEGV, 1, 14, 6
	AT rip, 8b
	IS addr, 0
	TRY
	ljmp *to32f(%rip)
	.code32
frame32:
8:	.byte 0xc4, 0xc0		// LES with a register
9:	MODE32
	ljmp $0x33, $1f
	.code64
1:	SIGNAL SIGILL, 2, 6, 0
	AT rip, 8b

	TRY				// selectors that are none of code
8:	ljmp *bad1(%rip)
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x28
	AT rip, 8b
	TRY
8:	ljmp *bad2(%rip)
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	TRY
8:	ljmp *bad3(%rip)
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x10
	TRY				// beyond 4 GiB there is no 32-bit code
	pushq $0x23
	movabsq $in32 + 0x100000000, %rax
	pushq %rax
8:	lretq
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	AT rip, 8b
	TRY				// SYSENTER
8:	sysenter
9:	SIGNAL SIGILL, 2, 6, 0
	AT rip, 8b
	jmp succeed

	.code32
call32:	MODE32
	movl $77, %ebx
	lret
fail32:	ljmp $0x33, $fail
	.code64
	.data
bad1:	.long 0
	.word 0x2b
bad2:	.long 0
	.word 0x03
bad3:	.long 0
	.word 0x13
