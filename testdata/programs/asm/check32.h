// What the i386 programs beside this file have in common; check.h's opposite number. They are linked at fixed addresses.

#define SIGILL 4
#define SIGTRAP 5
#define SIGBUS 7
#define SIGFPE 8
#define SIGSEGV 11
#define SI_KERNEL 0x80

	.code32
	.bss
	.balign 16
number:	.long 0
goon:	.long 0
stack:	.long 0
saved:	.fill 32, 4
sig:	.long 0
code:	.long 0
addr:	.long 0
trapno:	.long 0
err:	.long 0
cr2:	.long 0
eip:	.long 0
flags:	.long 0
segs:	.fill 6, 4
digits:	.fill 8, 1
altstack: .fill 16384, 1
altend:

	.text
// EQ compares a register with an operand.
.macro EQ a, b
	incl number
	cmpl \b, \a
	jne fail
.endm

// IS compares a variable with a constant, or with the address of a label.
.macro IS var, value
	incl number
	cmpl $\value, \var
	jne fail
.endm

// FLAGS compares CF, PF, AF, ZF, SF, OF as far as \mask has them.
.macro FLAGS mask, value
	pushfl
	incl number
	andl $\mask, (%esp)
	cmpl $\value, (%esp)
	jne fail
	popfl
.endm

.macro TRY
	movl $9f, goon
	movl %esp, stack
	movl $0, sig
.endm

// SIGNAL says which signal must have come, with which code and trap number.
.macro SIGNAL s, c, t, e
	IS sig, \s
	IS code, \c
	IS trapno, \t
	IS err, \e
.endm

.macro SYS n, a=$0, b=$0, c=$0, d=$0, e=$0
	movl \a, %ebx
	movl \b, %ecx
	movl \c, %edx
	movl \d, %esi
	movl \e, %edi
	movl $\n, %eax
	int $0x80
.endm

// handler(signal, info, context) notes what it is told, and goes on at label 9.
handler:
	movl 8(%esp), %ecx
	movl (%ecx), %eax
	movl %eax, sig
	movl 8(%ecx), %eax
	movl %eax, code
	movl 12(%ecx), %eax
	movl %eax, addr
	movl 12(%esp), %edx
	addl $20, %edx			// the sigcontext in it
	movl 48(%edx), %eax
	movl %eax, trapno
	movl 52(%edx), %eax
	movl %eax, err
	movl 84(%edx), %eax
	movl %eax, cr2
	movl 56(%edx), %eax
	movl %eax, eip
	movl 64(%edx), %eax
	movl %eax, flags
	movl goon, %eax
	movl %eax, 56(%edx)
	movl stack, %eax
	movl %eax, 28(%edx)
	movl $0x202, 64(%edx)
	ret

// catch installs the handler for the signals of the processor, on a stack of its own.
	.data
	.balign 8
action:	.long handler, 0x48000004, 0, 0, 0
alt:	.long altstack, 0, 16384
	.text
catch:
	SYS 186, $alt
	movl $SIGILL, %ebp
1:	SYS 174, %ebp, $action, $0, $8
	incl %ebp
	cmpl $SIGSEGV, %ebp
	jbe 1b
	ret

succeed:
	SYS 4, $1, $2f, $3
	SYS 1, $0
2:	.ascii "ok\n"

fail:
	movl number, %eax
	movl $digits+7, %esi
	movb $10, (%esi)
	movl $10, %ecx
1:	xorl %edx, %edx
	divl %ecx
	addb $'0', %dl
	decl %esi
	movb %dl, (%esi)
	testl %eax, %eax
	jnz 1b
	movl $digits+8, %edi
	subl %esi, %edi
	movl %edi, %edx
	movl %esi, %ecx
	movl $1, %ebx
	movl $4, %eax
	int $0x80
	SYS 1, $1
