// What the programs beside this file have in common. Each makes numbered checks, then prints "ok", or the number of the first
// check that failed. TRY arms the handler, which notes what the kernel tells of a signal and goes on at label 9.

#define SIGILL 4
#define SIGTRAP 5
#define SIGBUS 7
#define SIGFPE 8
#define SIGSEGV 11
#define SI_KERNEL 0x80

	.bss
	.balign 16
number:	.quad 0
goon:	.quad 0
stack:	.quad 0
saved:	.fill 16, 8
sig:	.quad 0
code:	.quad 0
addr:	.quad 0
trapno:	.quad 0
err:	.quad 0
cr2:	.quad 0
rip:	.quad 0
flags:	.quad 0
regs:	.fill 16, 8
digits:	.fill 8, 1
altstack: .fill 16384, 1
altend:

	.text
// EQ compares a register with an operand; it needs both in 64 bits.
.macro EQ a, b
	incq number(%rip)
	cmpq \b, \a
	jne fail
.endm

// IS compares a variable with a constant of 32 bits.
.macro IS var, value
	incq number(%rip)
	cmpq $\value, \var(%rip)
	jne fail
.endm

// AT compares a variable with the address of a label.
.macro AT var, label
	incq number(%rip)
	leaq \label(%rip), %r15
	cmpq %r15, \var(%rip)
	jne fail
.endm

.macro TRY
	leaq 9f(%rip), %r15
	movq %r15, goon(%rip)
	movq %rsp, stack(%rip)
	movq $0, sig(%rip)
.endm

// SIGNAL says which signal must have come, with which code and trap number.
.macro SIGNAL s, c, t, e
	IS sig, \s
	IS code, \c
	IS trapno, \t
	IS err, \e
.endm

.macro SYS n, a, b, c, d=$0, e=$0, f=$0
	movq \a, %rdi
	movq \b, %rsi
	movq \c, %rdx
	movq \d, %r10
	movq \e, %r8
	movq \f, %r9
	movl $\n, %eax
	syscall
.endm

handler:
	movslq (%rsi), %rax
	movq %rax, sig(%rip)
	movslq 8(%rsi), %rax
	movq %rax, code(%rip)
	movq 16(%rsi), %rax
	movq %rax, addr(%rip)
	movq 40+152(%rdx), %rax
	movq %rax, err(%rip)
	movq 40+160(%rdx), %rax
	movq %rax, trapno(%rip)
	movq 40+176(%rdx), %rax
	movq %rax, cr2(%rip)
	movq 40+128(%rdx), %rax
	movq %rax, rip(%rip)
	movq 40+136(%rdx), %rax
	movq %rax, flags(%rip)
	movq 40+120(%rdx), %rax
	movq %rax, regs+32(%rip)
	movq goon(%rip), %rax
	movq %rax, 40+128(%rdx)
	movq stack(%rip), %rax
	movq %rax, 40+120(%rdx)
	movq $0x202, 40+136(%rdx)
	ret
restorer:
	movl $15, %eax
	syscall

// catch installs the handler for the signals of the processor, on a stack of its own.
	.data
	.balign 8
action:	.quad handler, 0x4c000004, restorer, 0
alt:	.quad altstack, 0, 16384
	.text
catch:
	leaq alt(%rip), %rdi
	xorl %esi, %esi
	movl $131, %eax
	syscall
	movl $SIGILL, %ebx
1:	movl %ebx, %edi
	leaq action(%rip), %rsi
	xorl %edx, %edx
	movl $8, %r10d
	movl $13, %eax
	syscall
	incl %ebx
	cmpl $SIGSEGV, %ebx
	jbe 1b
	ret

// page maps %rsi bytes with rights %rdx somewhere and returns the address in %rax.
page:
	xorl %edi, %edi
	movl $0x22, %r10d
	movq $-1, %r8
	xorl %r9d, %r9d
	movl $9, %eax
	syscall
	ret

succeed:
	movl $1, %edi
	leaq 2f(%rip), %rsi
	movl $3, %edx
	movl $1, %eax
	syscall
	xorl %edi, %edi
	movl $60, %eax
	syscall
2:	.ascii "ok\n"

fail:
	movq number(%rip), %rax
	leaq digits+7(%rip), %rsi
	movb $10, (%rsi)
	movl $10, %ecx
1:	xorl %edx, %edx
	divl %ecx
	addb $'0', %dl
	decq %rsi
	movb %dl, (%rsi)
	testl %eax, %eax
	jnz 1b
	leaq digits+8(%rip), %rdx
	subq %rsi, %rdx
	movl $1, %edi
	movl $1, %eax
	syscall
	movl $1, %edi
	movl $60, %eax
	syscall
