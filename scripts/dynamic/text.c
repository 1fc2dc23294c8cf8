// libtext.so: writes text, and counts the lines. It also has a function that another library has too.
int lines;

const char *who(void) { return "libtext"; }

void say(const char *s)
{
	long n = 0, r;
	while (s[n]) n++;
	__asm__ volatile("syscall" : "=a"(r) : "a"(1), "D"(1), "S"(s), "d"(n) : "rcx", "r11", "memory");
	lines++;
}

__attribute__((constructor)) static void up(void) { say("libtext begins\n"); }
__attribute__((destructor)) static void down(void) { say("libtext ends\n"); }
