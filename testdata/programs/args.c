/* args: prints argv, the environment and the auxiliary vector. Of values that differ from machine to machine it prints
 * what must be true of them. */
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern char **environ;
extern const char _start[];

static const char *verdict(int ok) { return ok ? "right" : "WRONG"; }

static void show(const ElfW(auxv_t) * a) {
  unsigned long v = a->a_un.a_val;
  switch (a->a_type) {
    case AT_PHDR: printf("AT_PHDR %s\n", verdict(((const ElfW(Phdr) *)v)->p_type != 0 || v != 0)); break;
    case AT_PHENT: printf("AT_PHENT %lu\n", v); break;
    case AT_PHNUM: printf("AT_PHNUM %lu\n", v); break;
    case AT_PAGESZ: printf("AT_PAGESZ %lu\n", v); break;
    case AT_BASE: printf("AT_BASE %s\n", verdict(v == 0)); break;
    case AT_FLAGS: printf("AT_FLAGS %lu\n", v); break;
    case AT_ENTRY: printf("AT_ENTRY %s\n", verdict(v == (unsigned long)_start)); break;
    case AT_UID: printf("AT_UID %s\n", verdict(v == getuid())); break;
    case AT_EUID: printf("AT_EUID %s\n", verdict(v == geteuid())); break;
    case AT_GID: printf("AT_GID %s\n", verdict(v == getgid())); break;
    case AT_EGID: printf("AT_EGID %s\n", verdict(v == getegid())); break;
    case AT_SECURE: printf("AT_SECURE %lu\n", v); break;
    case AT_CLKTCK: printf("AT_CLKTCK %lu\n", v); break;
    case AT_RANDOM: printf("AT_RANDOM %s\n", verdict(v != 0)); break;
    case AT_PLATFORM: printf("AT_PLATFORM %s\n", (const char *)v); break;
    case AT_EXECFN: printf("AT_EXECFN %s\n", verdict(((const char *)v)[0] != 0)); break;
  }
}

int main(int argc, char **argv) {
  for (int i = 0; i < argc; i++) printf("argv[%d] %s\n", i, i ? argv[i] : strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0]);
  char **e = environ;
  for (int i = 0; e[i]; i++) printf("env %s\n", e[i]);
  while (*e++)
    ;
  for (const ElfW(auxv_t) *a = (const void *)e; a->a_type != AT_NULL; a++) show(a);
  return argc - 1;
}
