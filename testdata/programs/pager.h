/*
 * A user-level pager: it loads another static program (ET_EXEC, linked where this one is not) into its own
 * address space, builds the stack that the kernel would have built, and jumps to the program's entry.
 * apager maps every page before that; dpager none, and maps each page when the program first touches it: the
 * SIGSEGV handler is its page-fault handler; hpager maps what the file has bytes for, and pages of .bss on
 * demand, WINDOW at a time.
 *
 * The handler runs with the program's FS register, so it calls the kernel and nothing of libc.
 */
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096ul
#define STACK (256 * PAGE)
#define SEGMENTS 8
#define PAGES 1024 /* of a segment, that the window looks at */
#ifndef WINDOW
#define WINDOW 1
#endif

enum { EAGER, DEMAND, HYBRID };

static struct segment {
  uint64_t start, end;         /* whole pages */
  uint64_t vaddr, off, filesz; /* where the file's bytes go */
  int prot;
  unsigned char mapped[PAGES];
} segments[SEGMENTS];
static int count, file;

static long sys(long n, long a, long b, long c, long d, long e, long f) {
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
    : "+a"(n), "+r"(r10), "+r"(r8), "+r"(r9)
    : "D"(a), "S"(b), "d"(c)
    : "rcx", "r11", "memory");
  return n;
}

static struct segment *find(uint64_t va) {
  for (int i = 0; i < count; i++)
    if (segments[i].start <= va && va < segments[i].end)
      return &segments[i];
  return 0;
}

/* map_page makes one page of s, with the bytes that the file has for it; 0 if the kernel refuses. */
static int map_page(struct segment *s, uint64_t page) {
  long prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  if (sys(SYS_mmap, page, PAGE, prot, flags, -1, 0) != (long)page)
    return 0;
  uint64_t from = s->vaddr > page ? s->vaddr : page, to = s->vaddr + s->filesz;
  if (to > page + PAGE)
    to = page + PAGE;
  if (from < to && sys(SYS_pread64, file, from, to - from, s->off + (from - s->vaddr), 0, 0) != (long)(to - from))
    return 0;
  uint64_t n = (page - s->start) / PAGE;
  if (n < PAGES)
    s->mapped[n] = 1;
  return sys(SYS_mprotect, page, PAGE, s->prot, 0, 0, 0) == 0;
}

/* fault is the page-fault handler: what lies in no segment is left to kill the program. */
static void fault(int sig, siginfo_t *info, void *context) {
  (void)context;
  uint64_t page = (uint64_t)info->si_addr & ~(PAGE - 1);
  struct segment *s = find(page);
  if (!s || info->si_code != SEGV_MAPERR || !map_page(s, page)) {
    struct { long handler, flags, restorer, mask; } none = {0, 0, 0, 0};
    sys(SYS_rt_sigaction, sig, (long)&none, 0, 8, 0, 0);
    return;
  }
  for (int i = 1; i < WINDOW; i++) {
    page += PAGE;
    uint64_t n = (page - s->start) / PAGE;
    if (page < s->end && n < PAGES && !s->mapped[n])
      map_page(s, page);
  }
}

static int die(const char *path, const char *why) {
  fprintf(stderr, "%s: %s\n", path, why);
  return 1;
}

/* build writes argc, argv, envp and auxv below top and returns the stack pointer. */
static uint64_t *build(char *top, char **argv, char **envp, uint64_t *aux, Elf64_Ehdr *eh, uint64_t phdr) {
  int argc = 0, envc = 0, auxc = 0;
  while (argv[argc])
    argc++;
  while (envp[envc])
    envc++;
  while (aux[auxc])
    auxc += 2;
  uint64_t *sp = (uint64_t *)top - (1 + argc + 1 + envc + 1 + auxc + 2), *at = sp;
  at = sp = (uint64_t *)((uint64_t)sp & ~15ul);
  *at++ = argc;
  for (int i = 0; i <= argc; i++)
    *at++ = (uint64_t)argv[i];
  for (int i = 0; i <= envc; i++)
    *at++ = (uint64_t)envp[i];
  for (int i = 0; i <= auxc; i += 2) {
    uint64_t v = aux[i + 1];
    switch (aux[i]) {
    case AT_PHDR: v = phdr; break;
    case AT_PHNUM: v = eh->e_phnum; break;
    case AT_PHENT: v = eh->e_phentsize; break;
    case AT_ENTRY: v = eh->e_entry; break;
    case AT_EXECFN: v = (uint64_t)argv[0]; break;
    }
    *at++ = aux[i];
    *at++ = v;
  }
  return sp;
}

static int run(int mode, int argc, char **argv, char **envp) {
  static Elf64_Ehdr eh;
  static Elf64_Phdr ph[16];
  if (argc < 2)
    return die(argv[0], "which program?");
  file = open(argv[1], O_RDONLY);
  if (file < 0 || read(file, &eh, sizeof eh) != sizeof eh || memcmp(eh.e_ident, ELFMAG, SELFMAG) != 0)
    return die(argv[1], "not an ELF file");
  if (eh.e_type != ET_EXEC || eh.e_phnum > 16 ||
      pread(file, ph, eh.e_phnum * sizeof *ph, eh.e_phoff) != (long)(eh.e_phnum * sizeof *ph))
    return die(argv[1], "not a static program");
  uint64_t phdr = 0;
  int pages = 0;
  for (int i = 0; i < eh.e_phnum; i++) {
    Elf64_Phdr *p = &ph[i];
    if (p->p_type != PT_LOAD || p->p_memsz == 0 || count == SEGMENTS)
      continue;
    struct segment *s = &segments[count++];
    *s = (struct segment){
      .start = p->p_vaddr & ~(PAGE - 1),
      .end = (p->p_vaddr + p->p_memsz + PAGE - 1) & ~(PAGE - 1),
      .vaddr = p->p_vaddr,
      .off = p->p_offset,
      .filesz = p->p_filesz,
      .prot = (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
              (p->p_flags & PF_X ? PROT_EXEC : 0),
    };
    if (p->p_offset <= eh.e_phoff && eh.e_phoff < p->p_offset + p->p_filesz)
      phdr = p->p_vaddr + (eh.e_phoff - p->p_offset);
    uint64_t end = mode == EAGER ? s->end : mode == HYBRID ? p->p_vaddr + p->p_filesz : 0;
    for (uint64_t page = s->start; page < end; page += PAGE, pages++)
      if (!map_page(s, page))
        return die(argv[1], "a page cannot be mapped");
  }
  struct sigaction sa = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
  if (mode != EAGER)
    sigaction(SIGSEGV, &sa, 0);
  printf("%s: %d segments, %d pages before the start\n", argv[0], count, pages);
  fflush(stdout);
  char *stack = mmap(0, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED)
    return die(argv[1], "no stack");
  char **e = envp;
  while (*e)
    e++;
  uint64_t *sp = build(stack + STACK, argv + 1, envp, (uint64_t *)(e + 1), &eh, phdr);
  __asm__ volatile("mov %0, %%rsp\n xor %%edx, %%edx\n xor %%ebp, %%ebp\n jmp *%1"
    :: "r"(sp), "r"(eh.e_entry) : "memory", "rdx");
  __builtin_unreachable();
}
