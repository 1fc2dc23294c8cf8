// FS and GS bases, by instruction and by system call; selectors.
#include "check.h"
	.globl _start
_start:
	call catch
	leaq saved(%rip), %rbx
	movq $0x1234, (%rbx)
	movq $0x5678, 8(%rbx)
	wrfsbase %rbx
	rdfsbase %rax
	EQ %rax, %rbx
	movq %fs:0, %rax
	EQ %rax, $0x1234
	movq %fs:8, %rax
	EQ %rax, $0x5678
	leaq 16(%rbx), %rcx
	wrgsbase %rcx
	movq %gs:-8, %rax
	EQ %rax, $0x5678
	SYS 158, $0x1003, $saved+32, $0	// ARCH_GET_FS
	EQ %rax, $0
	movq saved+32(%rip), %rax
	EQ %rax, %rbx
	leaq 8(%rbx), %rsi
	SYS 158, $0x1002, %rsi, $0	// ARCH_SET_FS
	rdfsbase %rax
	leaq 8(%rbx), %rcx
	EQ %rax, %rcx
	movq $-1, %rax
	wrfsbase %eax			// 32 bits
	rdfsbase %rax
	movl $-1, %ecx
	EQ %rax, %rcx
	rdfsbase %eax
	EQ %rax, %rcx
	TRY				// a base must be canonical
	movabsq $0x800000000000, %rax
8:	wrgsbase %rax
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	AT rip, 8b
	movl %cs, %eax
	EQ %rax, $0x33
	movl %ss, %eax
	EQ %rax, $0x2b
	movl $0x2b, %ecx
	movl %ecx, %fs			// a flat segment: base 0
	movl %fs, %eax
	EQ %rax, $0x2b
	rdfsbase %rax
	EQ %rax, $0
	pushq $0
	popq %fs
	movl %fs, %eax
	EQ %rax, $0
	movl $0x33, %ecx
	xorl %eax, %eax
	lar %ecx, %eax
	EQ %rax, $0xaffb00
	lsl %ecx, %eax
	movl $-1, %edx
	EQ %rax, %rdx
	verr %cx
	setz %al
	movzbl %al, %eax
	EQ %rax, $1
	verw %cx
	setz %al
	movzbl %al, %eax
	EQ %rax, $0
	movl $0x10, %ecx
	movl $77, %eax
	lar %ecx, %eax
	EQ %rax, $77
	jmp succeed
