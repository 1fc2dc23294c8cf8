// Code that is written while it runs.
#include "check.h"
	.globl _start
_start:
	call catch
	movl $0x2000, %esi
	movl $7, %edx
	call page
	movq %rax, %rbp

	// mov byte [rip+1], 42; mov al, 1; ret: the instruction behind the store is its object.
	leaq 8f(%rip), %rsi
	movq %rbp, %rdi
	movl $9f-8f, %ecx
	rep movsb
	call *%rbp
	movzbl %al, %eax
	EQ %rax, $42
	movb $7, 8(%rbp)		// and again, now that it has been decoded
	movb $43, 6(%rbp)
	call *%rbp
	movzbl %al, %eax
	EQ %rax, $43
	jmp 1f
8:	.byte 0xc6, 0x05, 1, 0, 0, 0, 42, 0xb0, 1, 0xc3
9:
1:	// a function that another one changes between calls
	movl $100, %ebx
	movb $0xb8, 0x100(%rbp)
	movb $0xc3, 0x105(%rbp)
	leaq 0x100(%rbp), %r12
2:	movl %ebx, 1(%r12)
	call *%r12
	EQ %rax, %rbx
	decl %ebx
	jnz 2b

	// an instruction across a page boundary, changed in either page
	leaq 0xffd(%rbp), %r12
	movl $0x000005b8, (%r12)
	movl $0x0000c300, 3(%r12)
	movb $0xc3, 5(%r12)
	movb $0, 4(%r12)
	call *%r12
	EQ %rax, $5
	movb $6, 1(%r12)
	call *%r12
	EQ %rax, $6
	movb $1, 3(%r12)
	call *%r12
	EQ %rax, $0x10006

	// a loop that counts down by changing its own immediate
	leaq 3f(%rip), %rsi
	leaq 0x200(%rbp), %rdi
	movl $4f-3f, %ecx
	rep movsb
	leaq 0x200(%rbp), %r12
	xorl %eax, %eax
	call *%r12
	EQ %rax, $55
	jmp 5f
3:	addl $10, %eax			// 83 c0 imm8
	decb -7(%rip)
	jnz 3b
	ret
4:
5:	// rights taken away and given back
	movb $0xc3, 0x300(%rbp)
	leaq 0x300(%rbp), %r12
	call *%r12
	SYS 10, %rbp, $0x2000, $3
	EQ %rax, $0
	TRY
	call *%r12
9:	SIGNAL SIGSEGV, 2, 14, 0x15
	SYS 10, %rbp, $0x2000, $5
	call *%r12
	TRY
8:	movb $0, 0x300(%rbp)
9:	SIGNAL SIGSEGV, 2, 14, 7
	call *%r12

	// a mapping that goes away, and another in its place
	SYS 11, %rbp, $0x2000, $0
	EQ %rax, $0
	TRY
	call *%r12
9:	SIGNAL SIGSEGV, 1, 14, 0x14
	SYS 9, %rbp, $0x2000, $7, $0x32, $-1, $0
	EQ %rax, %rbp
	movl $0xc3c3c030, 0x300(%rbp)	// xor al, al; ret
	movl $0x77, %eax
	call *%r12
	EQ %rax, $0
	jmp succeed
