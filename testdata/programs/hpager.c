/* hpager PROG [ARG...]: maps what PROG has in its file, and its .bss on demand, two pages a fault (see pager.h). */
#define WINDOW 2
#include "pager.h"

int main(int argc, char **argv, char **envp) { return run(HYBRID, argc, argv, envp); }
