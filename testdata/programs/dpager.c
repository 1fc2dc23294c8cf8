/* dpager PROG [ARG...]: maps each page of PROG when PROG first touches it (see pager.h). */
#include "pager.h"

int main(int argc, char **argv, char **envp) { return run(DEMAND, argc, argv, envp); }
