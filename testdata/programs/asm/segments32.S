// Segments of i386 programs: set_thread_area, GS and FS overrides, selectors, and what the kernel keeps in a signal's frame.
#include "check32.h"
	.data
	.balign 16
block:	.long 0x11111111, 0x22222222, 0x33333333, 0x44444444
other:	.long 0xaaaaaaaa, 0xbbbbbbbb
desc:	.long -1, block+4, 0xfffff, 0x51
desc2:	.long 0, 0, 0, 0
oldact:	.long oldhandler, 0, 0x04000000, restorer
oldact2: .long oldhandler, 0, 0, 0
seen:	.long 0
depth:	.long 0
	.text
	.globl _start
_start:
	call catch
	movl %cs, %eax
	EQ %eax, $0x23
	movl %ds, %eax
	EQ %eax, $0x2b
	movl %es, %eax
	EQ %eax, $0x2b
	movl %ss, %eax
	EQ %eax, $0x2b
	movl %fs, %eax
	EQ %eax, $0
	movl %gs, %eax
	EQ %eax, $0
	TRY				// a null selector
8:	movl %gs:block, %eax
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	IS eip, 8b
	SYS 243, $desc			// set_thread_area: the first free entry
	EQ %eax, $0
	movl desc, %eax
	EQ %eax, $12
	movl $0x63, %eax
	movl %eax, %gs
	EQ %gs:0, $0x22222222
	EQ %gs:4, $0x33333333
	movl $-4, %ebx
	TRY				// offset and size must fit 4 GiB
8:	movl %gs:2(%ebx), %eax
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0
	movl $4, %esi
	movl %gs:4(,%esi,1), %eax
	EQ %eax, $0x44444444
	movl $0x99, %gs:8
	movl block+12, %eax
	EQ %eax, $0x99
	pushl %gs
	popl %fs
	movl %fs:0, %eax
	EQ %eax, $0x22222222
	movl $0, %esi
	movl $other, %edi
	movsl %gs:(%esi), %es:(%edi)
	movl other, %eax
	EQ %eax, $0x22222222
	movl $-1, desc			// a second entry, and a third; no fourth
	SYS 243, $desc
	movl desc, %eax
	EQ %eax, $13
	movl $-1, desc
	SYS 243, $desc
	EQ %eax, $0
	movl $-1, desc
	SYS 243, $desc
	EQ %eax, $-3
	movl $15, desc
	SYS 243, $desc
	EQ %eax, $-22
	movl $12, desc2
	SYS 244, $desc2			// get_thread_area
	EQ %eax, $0
	movl desc2+4, %eax
	EQ %eax, $block+4
	movl desc2+8, %eax
	EQ %eax, $0xfffff
	movl desc2+12, %eax
	EQ %eax, $0x51
	movl $12, desc			// moved under a selector that is loaded
	movl $other, desc+4
	SYS 243, $desc
	movl %gs:4, %eax
	EQ %eax, $0xbbbbbbbb
	movl %fs:4, %eax
	EQ %eax, $0xbbbbbbbb
	movl $0, desc+4			// emptied: the selector leads nowhere any more
	movl $0, desc+8
	movl $0x28, desc+12
	SYS 243, $desc
	EQ %eax, $0
	TRY
	movl $0x63, %ecx
8:	movl %ecx, %gs
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x60
	IS eip, 8b
	TRY
	movl $0x13, %ecx
8:	movl %ecx, %es
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x10
	TRY
	movl $0x23, %ecx
8:	movl %ecx, %ss
9:	SIGNAL SIGSEGV, SI_KERNEL, 13, 0x20
	TRY
8:	movl %ecx, %cs
9:	SIGNAL SIGILL, 2, 6, 0

	movl $0x6b, %eax		// a handler keeps GS; what it changes in its frame counts
	movl %eax, %gs
	SYS 67, $10, $oldact, $0	// sigaction: a handler without a siginfo, its own restorer
	EQ %eax, $0
	SYS 20
	movl %eax, %ebx
	movl $10, %ecx
	movl $37, %eax			// kill
	movl $0x1234, %esi
	int $0x80
	EQ %eax, $0
	EQ %esi, $0x4321
	EQ seen, $10
	movl %gs, %eax
	EQ %eax, $0x73
	SYS 67, $10, $oldact2, $0	// and with the vdso's
	EQ %eax, $0
	SYS 20
	movl %eax, %ebx
	movl $10, %ecx
	movl $37, %eax
	movl $0x1234, %esi
	int $0x80
	EQ %eax, $0
	EQ %esi, $0x4321
	EQ depth, $2
	TRY				// an address beyond the program's memory
8:	movl 0xffffe000, %eax
9:	IS sig, SIGSEGV
	IS code, 1
	IS addr, 0xffffe000
	TRY				// code where nothing is
	movl $0x10, %eax
	jmp *%eax
9:	SIGNAL SIGSEGV, 1, 14, 0x14
	IS eip, 0x10
	jmp succeed

// oldhandler(signal, sigcontext)
oldhandler:
	movl 4(%esp), %eax
	movl %eax, seen
	incl depth
	movl $0x4321, 8+20(%esp)	// ESI
	movl $0x73, 8+0(%esp)		// GS
	ret
restorer:
	popl %eax
	movl $119, %eax
	int $0x80
