// TF: a trap behind each instruction.
#include "check.h"
	.globl _start
_start:
	call catch
	TRY
	pushq $0x302
	popfq
	nop				// TF acts from here on
8:	ud2
9:	SIGNAL SIGTRAP, 2, 1, 0
	AT addr, 8b
	AT rip, 8b
	movq flags(%rip), %rax
	andl $0x100, %eax
	EQ %rax, $0x100

	TRY				// each iteration of a string operation
	leaq regs(%rip), %rdi
	movl $3, %ecx
	pushq $0x302
	popfq
8:	rep stosb
9:	SIGNAL SIGTRAP, 2, 1, 0
	EQ %rcx, $2
	AT rip, 8b

	TRY				// a jump
	pushq $0x302
	popfq
	jmp 8f
	ud2
8:	ud2
9:	SIGNAL SIGTRAP, 2, 1, 0
	AT rip, 8b
	jmp succeed
