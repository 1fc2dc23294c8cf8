// What SYSCALL and INT 80h leave in the registers.
#include "check.h"
	.globl _start
_start:
	call catch
	movq $1, %rbx
	movq $2, %rbp
	movq $3, %r12
	movq $4, %r13
	movq $5, %r14
	movq $6, %r8
	movq $7, %r9
	movq $8, %r10
	movq $9, %rdx
	movq $10, %rsi
	movq $11, %rdi
	pushq $0xad7
	popfq
	movl $39, %eax			// getpid
	syscall
8:	pushfq
	popq %r15
	cld
	EQ %rbx, $1
	EQ %rbp, $2
	EQ %r12, $3
	EQ %r13, $4
	EQ %r14, $5
	EQ %r8, $6
	EQ %r9, $7
	EQ %r10, $8
	EQ %rdx, $9
	EQ %rsi, $10
	EQ %rdi, $11
	EQ %r11, %r15
	andl $0xad7, %r11d
	EQ %r11, $0xad7
	leaq 8b(%rip), %rax
	EQ %rcx, %rax
	jmp succeed
