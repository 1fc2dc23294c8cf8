// A program at fixed addresses that needs libcount.so and libtext.so. Its calls are bound when they are first
// made; counter is copied into it; nowhere is a weak function that nobody has.
extern int counter, lines;
int count(void);
void say(const char *s);
__attribute__((weak)) void nowhere(void);

__attribute__((constructor)) static void up(void) { say("lazy begins\n"); }
__attribute__((destructor)) static void down(void) { say("lazy ends\n"); }

__attribute__((noinline)) int main(void)
{
	count();
	count();
	if (nowhere) nowhere();
	return counter == 44 && lines == 7 ? 0 : 1;
}

__attribute__((used)) static int run(void (*finish)(void))
{
	int status = main();
	finish();
	return status;
}

__asm__(".globl _start\n_start:\nxor %ebp, %ebp\nmov %rdx, %rdi\nand $-16, %rsp\ncall run\n"
	"mov %eax, %edi\nmov $231, %eax\nsyscall\n");
