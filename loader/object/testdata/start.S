/* What a C library would do, for programs that ld links from these parts: the constructors, main, exit. */
	.globl _start
#ifdef __x86_64__
_start:	mov (%rsp), %r12
	lea 8(%rsp), %r13
	lea 8(%r13,%r12,8), %r14
	and $-16, %rsp
	movabs $__init_array_start, %rbx
	movabs $__init_array_end, %r15
1:	cmp %r15, %rbx
	jae 2f
	mov %r12, %rdi
	mov %r13, %rsi
	mov %r14, %rdx
	call *(%rbx)
	add $8, %rbx
	jmp 1b
2:	mov %r12, %rdi
	mov %r13, %rsi
	mov %r14, %rdx
	movabs $main, %rax
	call *%rax
	mov %eax, %edi
	mov $231, %eax
	syscall
#else
_start:	mov (%esp), %esi
	lea 4(%esp), %edi
	lea 4(%edi,%esi,4), %ebp
	and $-16, %esp
	mov $__init_array_start, %ebx
1:	cmp $__init_array_end, %ebx
	jae 2f
	sub $4, %esp
	push %ebp
	push %edi
	push %esi
	call *(%ebx)
	add $16, %esp
	add $4, %ebx
	jmp 1b
2:	sub $4, %esp
	push %ebp
	push %edi
	push %esi
	call main
	mov %eax, %ebx
	mov $252, %eax
	int $0x80
#endif
	.section .note.GNU-stack,"",@progbits
