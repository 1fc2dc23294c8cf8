// What only 32-bit code has: decimal arithmetic, PUSHA, BOUND, INTO, 16-bit operands and addresses, short forms.
#include "check32.h"
#define CF 1
#define PF 4
#define AF 0x10
#define ZF 0x40
#define SF 0x80
#define OF 0x800
	.data
	.balign 16
word:	.long 0x11223344, 0x55667788
bounds:	.long -5, 9
bounds16: .word 2, 4
far:	.long 0x12345678
	.word 0x2b
table:	.byte 10, 11, 12, 13, 14, 15, 16, 17
	.text
	.globl _start
_start:
	call catch

	movl $0x0f, %eax		// decimal adjustments
	clc
	aaa
	FLAGS CF|AF, CF|AF
	EQ %eax, $0x105
	movl $0x0205, %eax
	clc
	aaa
	FLAGS CF|AF, 0
	EQ %eax, $0x205
	movl $0x02ff, %eax
	clc
	aas
	FLAGS CF|AF, CF|AF
	EQ %eax, $0x109
	movb $0x79, %al
	addb $0x35, %al
	daa
	FLAGS CF|AF|PF|ZF|SF, CF|AF|PF
	movzbl %al, %eax
	EQ %eax, $0x14
	movb $0x35, %al
	subb $0x47, %al
	das
	FLAGS CF|AF|SF|ZF, CF|AF|SF
	movzbl %al, %eax
	EQ %eax, $0x88
	movl $97, %eax
	aam
	EQ %eax, $0x907
	aad
	EQ %eax, $97
	movl $0x37, %eax
	aam $16
	EQ %eax, $0x307
	TRY
8:	aam $0
9:	SIGNAL SIGFPE, 1, 0, 0
	IS eip, 8b
	IS addr, 8b
	stc
	.byte 0xd6			// SALC
	movzbl %al, %eax
	EQ %eax, $0xff

	movl $1, %eax			// PUSHA and POPA
	movl $2, %ecx
	movl $3, %edx
	movl $4, %ebx
	movl $5, %ebp
	movl $6, %esi
	movl $7, %edi
	movl %esp, saved
	pushal
	movl %esp, saved+4
	movl 12(%esp), %eax
	EQ %eax, saved
	movl $99, 12(%esp)		// ESP is not loaded
	movl $8, (%esp)
	popal
	EQ %esp, saved
	EQ %edi, $8
	EQ %eax, $1
	EQ %ecx, $2
	EQ %ebx, $4
	movl saved, %eax
	subl saved+4, %eax
	EQ %eax, $32
	movl $0xaaaa0001, %eax
	pushaw
	movl $0xbbbb0002, %eax
	popaw
	EQ %eax, $0xbbbb0001
	EQ %esp, saved

	movl $9, %eax			// BOUND
	boundl %eax, bounds
	movl $-5, %eax
	boundl %eax, bounds
	TRY
	movl $10, %eax
8:	boundl %eax, bounds
9:	SIGNAL SIGSEGV, SI_KERNEL, 5, 0
	IS eip, 8b
	TRY
	movl $1, %eax
8:	boundw %ax, bounds16
9:	SIGNAL SIGSEGV, SI_KERNEL, 5, 0
	TRY
8:	.byte 0x62, 0xc0		// with a register
9:	SIGNAL SIGILL, 2, 6, 0
	IS eip, 8b

	xorl %eax, %eax			// INTO is a trap: behind itself
	into
	TRY
	movl $0x7fffffff, %eax
	incl %eax
	into
8:
9:	SIGNAL SIGSEGV, SI_KERNEL, 4, 0
	IS eip, 8b
	TRY
	int3
8:
9:	SIGNAL SIGTRAP, SI_KERNEL, 3, 0
	IS eip, 8b
	TRY
8:	int $0x21
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x10a
	IS eip, 8b
	TRY
8:	hlt
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	TRY
8:	sysenter
9:	SIGNAL SIGILL, 2, 6, 0

	movl $word, %ebx		// 16-bit operands and addresses
	movl $0xffff0000, %eax
	movw (%ebx), %ax
	EQ %eax, $0xffff3344
	incw %ax
	EQ %eax, $0xffff3345
	pushw %ax
	pushw $0x1234
	popl %ecx
	EQ %ecx, $0x33451234
	movl $0xffffffff, %eax
	cwtl
	EQ %eax, $-1
	movl $0x8000, %eax
	cwtd
	movzwl %dx, %edx
	EQ %edx, $0xffff
	movl $0x12345678, %esi		// an address of 16 bits: nothing is mapped below 64 KiB
	movl $0x9abc0010, %ebx
	TRY
8:	movb 4(%bx,%si), %al
9:	SIGNAL SIGSEGV, 1, 14, 4
	IS addr, 0x568c
	IS eip, 8b
	movl $0xffffffff, %ebx
	movl $2, %esi
	TRY
8:	movb 0x10(%bx,%si), %al		// wraps
9:	IS addr, 0x11
	leaw 0x10(%bx,%si), %ax
	movzwl %ax, %eax
	EQ %eax, $0x11
	movl $0x10001, %ecx		// LOOP and JCXZ by CX
	xorl %eax, %eax
1:	incl %eax
	addr16 loop 1b
	EQ %eax, $1
	EQ %ecx, $0x10000
	jcxz 1f
	jmp fail
1:	jecxz 1f
	jmp 2f
1:	jmp fail
2:

	movl $0x100, %ecx		// ENTER and LEAVE
	movl %esp, saved
	movl $0x5555, %ebp
	enter $16, $0
	EQ (%ebp), $0x5555
	leal 20(%esp), %eax
	EQ %eax, saved
	leave
	EQ %ebp, $0x5555
	EQ %esp, saved
	movl %esp, %ebp			// a display of two outer frames
	pushl $0x77
	movl %esp, %ebp
	movl %esp, %esi
	enter $8, $2
	movl (%ebp), %eax
	EQ %eax, %esi
	movl -8(%ebp), %eax
	EQ %eax, %ebp
	leal 16(%esp), %eax
	EQ %eax, %ebp
	leave
	addl $4, %esp
	EQ %esp, saved

	movl $table, %ebx
	movl $3, %eax
	xlat
	EQ %eax, $13
	.byte 0x82, 0xc0, 0x05		// opcode 82 is 80
	EQ %eax, $18
	movl $word+4, %edi		// strings, downwards
	movl $word, %esi
	std
	lodsl
	cld
	EQ %eax, $0x11223344
	EQ %esi, $word-4
	movl $0x55667788, %eax
	movl $3, %ecx
	movl $word, %edi
	repne scasl
	EQ %ecx, $1
	EQ %edi, $word+8
	movl $0x11223344, %eax
	movl $0x55667788, %edx
	movl $0x01020304, %ebx
	movl $0x05060708, %ecx
	cmpxchg8b word
	FLAGS ZF, ZF
	EQ word, $0x01020304
	EQ word+4, $0x05060708

	lesl far, %ebx			// far pointers
	EQ %ebx, $0x12345678
	movl %es, %eax
	EQ %eax, $0x2b
	ldsl far, %ecx
	EQ %ecx, $0x12345678
	TRY
8:	.byte 0xc4, 0xc0		// LES with a register
9:	SIGNAL SIGILL, 2, 6, 0
	IS eip, 8b
	TRY
8:	.byte 0xc5, 0xd8		// LDS with one
9:	SIGNAL SIGILL, 2, 6, 0
	movl $0x2a, %eax
	movl $3, %ecx
	arpl %cx, %ax
	FLAGS ZF, ZF
	EQ %eax, $0x2b
	lcall $0x23, $1f
	jmp 2f
1:	EQ 4(%esp), $0x23
	lret
2:	EQ %esp, saved
	movl $0x80000000, %eax		// short forms
	decl %eax
	FLAGS OF|SF, OF
	EQ %eax, $0x7fffffff
	jmp succeed
