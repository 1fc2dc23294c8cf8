// libcount.so: has a variable that the program gets a copy of, and calls libtext.so.
int counter = 42;

void say(const char *s);

const char *who(void) { return "libcount"; }

int count(void)
{
	say(who());
	say("\n");
	return counter++;
}

__attribute__((constructor)) static void up(void) { say("libcount begins\n"); }
__attribute__((destructor)) static void down(void) { say("libcount ends\n"); }
