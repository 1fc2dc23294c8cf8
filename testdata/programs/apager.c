/* apager PROG [ARG...]: maps every page of PROG before it starts (see pager.h). */
#include "pager.h"

int main(int argc, char **argv, char **envp) { return run(EAGER, argc, argv, envp); }
