	.file	"alone.c"
	.text
	.p2align 4
	.globl	mean
	.type	mean, @function
mean:
.LFB0:
	.cfi_startproc
	testq	%rdi, %rdi
	je	.L4
	xorl	%eax, %eax
	pxor	%xmm0, %xmm0
	.p2align 4,,10
	.p2align 3
.L3:
	pxor	%xmm1, %xmm1
	addl	$1, %eax
	cvtsi2sdl	8(%rdi), %xmm1
	movq	(%rdi), %rdi
	addsd	%xmm1, %xmm0
	testq	%rdi, %rdi
	jne	.L3
	pxor	%xmm1, %xmm1
	cvtsi2sdl	%eax, %xmm1
	divsd	%xmm1, %xmm0
	ret
	.p2align 4,,10
	.p2align 3
.L4:
	pxor	%xmm0, %xmm0
	ret
	.cfi_endproc
.LFE0:
	.size	mean, .-mean
	.p2align 4
	.globl	hash
	.type	hash, @function
hash:
.LFB1:
	.cfi_startproc
	movzbl	(%rdi), %edx
	movl	$-2128831035, %eax
	testb	%dl, %dl
	je	.L10
	.p2align 4,,10
	.p2align 3
.L9:
	addq	$1, %rdi
	xorl	%edx, %eax
	movzbl	(%rdi), %edx
	imull	$16777619, %eax, %eax
	testb	%dl, %dl
	jne	.L9
	ret
	.p2align 4,,10
	.p2align 3
.L10:
	ret
	.cfi_endproc
.LFE1:
	.size	hash, .-hash
	.ident	"GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
