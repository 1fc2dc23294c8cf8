// A small dynamic linker for x86-64 that binds lazily, as the System V ABI describes it: enough to see each step.
//
// It loads what the program needs, breadth first, along DT_RUNPATH; relocates the objects in reverse order, so
// that variables are copied after they have their values; leaves calls to be bound when they are first made;
// calls initialisers, dependencies first; and goes to the program with the finisher in rdx. It reads DT_HASH,
// knows no versions, no threads and no dlopen, and has no relocations of its own.
#include <elf.h>
#include <stddef.h>

typedef unsigned long word;

struct object { // begins like <link.h>'s link_map
	word addr;
	const char *name;
	Elf64_Dyn *dyn;
	struct object *next, *prev;
	const char *strtab, *runpath;
	Elf64_Sym *symtab;
	Elf32_Word *hash;
	struct object *needs[8];
	int begun;
};

struct debug { // <link.h>'s r_debug
	int version;
	struct object *map;
	word brk;
	int state;
	word base;
};

static struct object objects[16];
static struct object *order[16]; // of initialisation
static int nobjects, ninit;
static struct debug debug;
static char names[2048];
static int used;
static char origin[256];
static int now; // LD_BIND_NOW

static long sys(long n, long a, long b, long c, long d, long e, long f)
{
	long r;
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		: "rcx", "r11", "memory");
	return r;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

static void die(const char *why, const char *name)
{
	const char *parts[] = {"ld-lab: ", why, " ", name, "\n"};
	for (int i = 0; i < 5; i++) {
		word n = 0;
		while (parts[i][n]) n++;
		sys(1, 2, (long)parts[i], n, 0, 0, 0);
	}
	sys(231, 127, 0, 0, 0, 0, 0);
	__builtin_unreachable();
}

// What debuggers and memlab watch: it is called before and after the list of objects changes.
__attribute__((visibility("default"), noinline)) void _dl_debug_state(void) { __asm__ volatile(""); }
__asm__(".hidden state_function\n.set state_function, _dl_debug_state");
extern void state_function(void);

static void tell(int state)
{
	debug.state = state;
	state_function();
}

static word tag(struct object *o, long want)
{
	for (Elf64_Dyn *d = o->dyn; d->d_tag; d++)
		if (d->d_tag == want) return d->d_un.d_val;
	return 0;
}

static struct object *enlist(const char *name, word addr, Elf64_Dyn *dyn)
{
	struct object *o = &objects[nobjects];
	o->name = name, o->addr = addr, o->dyn = dyn;
	o->strtab = (char *)(addr + tag(o, DT_STRTAB));
	o->symtab = (Elf64_Sym *)(addr + tag(o, DT_SYMTAB));
	o->hash = (Elf32_Word *)(addr + tag(o, DT_HASH));
	if (tag(o, DT_RUNPATH)) o->runpath = o->strtab + tag(o, DT_RUNPATH);
	if (nobjects) o->prev = &objects[nobjects - 1], o->prev->next = o;
	nobjects++;
	return o;
}

// map puts an object's segments into memory: the whole span first, then each segment over it.
static struct object *map(int fd, const char *name)
{
	char head[832];
	Elf64_Ehdr *h = (Elf64_Ehdr *)head;
	Elf64_Dyn *dyn = 0;
	word base = 0, end = 0;
	if (sys(0, fd, (long)head, sizeof head, 0, 0, 0) < (long)sizeof *h) die("cannot read", name);
	Elf64_Phdr *p = (Elf64_Phdr *)(head + h->e_phoff);
	for (int i = 0; i < h->e_phnum; i++)
		if (p[i].p_type == PT_LOAD) end = p[i].p_vaddr + p[i].p_memsz;
	for (int i = 0, first = 1; i < h->e_phnum; i++) {
		if (p[i].p_type == PT_DYNAMIC) dyn = (Elf64_Dyn *)p[i].p_vaddr;
		if (p[i].p_type != PT_LOAD) continue;
		int prot = (p[i].p_flags & PF_R ? 1 : 0) | (p[i].p_flags & PF_W ? 2 : 0) | (p[i].p_flags & PF_X ? 4 : 0);
		word start = p[i].p_vaddr & -4096, file = p[i].p_vaddr + p[i].p_filesz, stop = p[i].p_vaddr + p[i].p_memsz;
		word length = first ? end : file - start;
		long at = sys(9, first ? 0 : base + start, length, prot, first ? 2 : 0x12, fd, p[i].p_offset & -4096);
		if (at < 0 && at > -4096) die("cannot map", name);
		if (first) base = at - start;
		first = 0;
		if (stop > file && p[i].p_flags & PF_W) { // bss: the rest of the last page, and pages of its own
			word page = (base + file + 4095) & -4096;
			for (char *z = (char *)(base + file); z < (char *)page; z++) *(volatile char *)z = 0;
			if (base + stop > page) sys(9, page, base + stop - page, prot, 0x32, -1, 0);
		}
	}
	sys(3, fd, 0, 0, 0, 0, 0);
	return enlist(name, base, (Elf64_Dyn *)((word)dyn + base));
}

// find looks for a library in the directories of DT_RUNPATH of the object that needs it.
static struct object *find(struct object *by, const char *soname)
{
	for (const char *dir = by->runpath; dir && *dir;) {
		char *path = names + used;
		int n = 0;
		if (dir[0] == '$') {
			for (const char *s = origin; *s; s++) path[n++] = *s;
			dir += sizeof "$ORIGIN" - 1;
		}
		while (*dir && *dir != ':') path[n++] = *dir++;
		if (*dir == ':') dir++;
		path[n++] = '/';
		for (const char *s = soname; *s; s++) path[n++] = *s;
		path[n++] = 0;
		long fd = sys(257, -100, (long)path, 02000000, 0, 0, 0);
		if (fd < 0) continue;
		used += n;
		return map(fd, path);
	}
	die("cannot find", soname);
	return 0;
}

// load brings what o needs, and then what that needs: called for each object of the list in turn.
static void load(struct object *o)
{
	int n = 0;
	for (Elf64_Dyn *d = o->dyn; d->d_tag; d++) {
		if (d->d_tag != DT_NEEDED) continue;
		const char *soname = o->strtab + d->d_un.d_val;
		struct object *found = 0;
		for (int i = 1; i < nobjects && !found; i++) {
			const char *base = objects[i].name;
			for (const char *s = base; *s; s++)
				if (*s == '/') base = s + 1;
			if (same(base, soname)) found = &objects[i];
		}
		o->needs[n++] = found ? found : find(o, soname);
	}
}

static word elf_hash(const char *s)
{
	word h = 0, g;
	while (*s) {
		h = (h << 4) + (unsigned char)*s++;
		if ((g = h & 0xf0000000)) h ^= g >> 24;
		h &= ~g;
	}
	return h;
}

// lookup goes through the objects in their order; the first definition counts, weak or not.
static Elf64_Sym *lookup(const char *name, struct object *skip, struct object **in)
{
	word h = elf_hash(name);
	for (struct object *o = objects; o; o = o->next) {
		if (o == skip || !o->hash || (word)o->hash == o->addr) continue;
		for (Elf32_Word i = o->hash[2 + h % o->hash[0]]; i; i = o->hash[2 + o->hash[0] + i]) {
			Elf64_Sym *s = &o->symtab[i];
			if (s->st_shndx == SHN_UNDEF || ELF64_ST_BIND(s->st_info) == STB_LOCAL) continue;
			if (!same(o->strtab + s->st_name, name)) continue;
			*in = o;
			return s;
		}
	}
	return 0;
}

static word address(struct object *o, word index, struct object *skip, Elf64_Sym **sym)
{
	struct object *in = 0;
	Elf64_Sym *ref = &o->symtab[index], *s = lookup(o->strtab + ref->st_name, skip, &in);
	*sym = s;
	if (s) return in->addr + s->st_value;
	if (ELF64_ST_BIND(ref->st_info) != STB_WEAK) die("undefined symbol", o->strtab + ref->st_name);
	return 0;
}

// fixup binds slot number n of o, and returns the function: the resolver calls it at the first call.
__attribute__((used)) static word fixup(struct object *o, word n)
{
	Elf64_Rela *r = (Elf64_Rela *)(o->addr + tag(o, DT_JMPREL)) + n;
	Elf64_Sym *s;
	word to = address(o, ELF64_R_SYM(r->r_info), 0, &s);
	*(word *)(o->addr + r->r_offset) = to;
	return to;
}

extern char resolver[];
__asm__(".text\n.hidden resolver\nresolver:\n" // on the stack: object, number, return address of the call
	"push %rax\npush %rcx\npush %rdx\npush %rsi\npush %rdi\npush %r8\npush %r9\npush %r10\n"
	"mov 64(%rsp), %rdi\nmov 72(%rsp), %rsi\ncall fixup\nmov %rax, %r11\n"
	"pop %r10\npop %r9\npop %r8\npop %rdi\npop %rsi\npop %rdx\npop %rcx\npop %rax\n"
	"add $16, %rsp\njmp *%r11\n");

static void relocate(struct object *o)
{
	Elf64_Rela *r = (Elf64_Rela *)(o->addr + tag(o, DT_RELA));
	Elf64_Sym *s;
	for (word n = tag(o, DT_RELASZ) / sizeof *r; n; n--, r++) {
		word *place = (word *)(o->addr + r->r_offset), index = ELF64_R_SYM(r->r_info);
		switch (ELF64_R_TYPE(r->r_info)) {
		case R_X86_64_RELATIVE: *place = o->addr + r->r_addend; break;
		case R_X86_64_GLOB_DAT: *place = address(o, index, 0, &s); break;
		case R_X86_64_64: *place = address(o, index, 0, &s) + r->r_addend; break;
		case R_X86_64_COPY: {
			volatile char *from = (char *)address(o, index, o, &s), *to = (char *)place;
			for (word i = 0; s && i < s->st_size; i++) to[i] = from[i];
			break;
		}
		default: die("unknown relocation in", o->name);
		}
	}
	word *got = (word *)(o->addr + tag(o, DT_PLTGOT));
	word count = tag(o, DT_PLTRELSZ) / sizeof *r;
	if (!count) return;
	got[1] = (word)o, got[2] = (word)resolver;
	r = (Elf64_Rela *)(o->addr + tag(o, DT_JMPREL));
	for (word i = 0; i < count; i++) {
		if (now) fixup(o, i);
		else *(word *)(o->addr + r[i].r_offset) += o->addr; // to the second half of its stub
	}
}

// begin calls the initialisers of o after those of what it needs.
static void begin(struct object *o, int argc, char **argv, char **envp)
{
	if (o->begun) return;
	o->begun = 1;
	for (int i = 0; o->needs[i]; i++) begin(o->needs[i], argc, argv, envp);
	void (**f)(int, char **, char **) = (void *)(o->addr + tag(o, DT_INIT_ARRAY));
	for (word n = tag(o, DT_INIT_ARRAYSZ) / 8; n; n--) (*f++)(argc, argv, envp);
	order[ninit++] = o;
}

static void finish(void)
{
	while (ninit) {
		struct object *o = order[--ninit];
		void (**f)(void) = (void *)(o->addr + tag(o, DT_FINI_ARRAY));
		for (word n = tag(o, DT_FINI_ARRAYSZ) / 8; n; n--) f[n - 1]();
	}
}

struct start { word entry, fini; };

__attribute__((used)) static struct start link(word *sp)
{
	int argc = sp[0];
	char **argv = (char **)(sp + 1), **envp = argv + argc + 1;
	word entry = 0, base = 0, nph = 0;
	Elf64_Phdr *ph = 0;
	Elf64_auxv_t *a;
	char **e = envp;
	for (; *e; e++)
		if (same(*e, "LD_BIND_NOW=1")) now = 1;
	for (a = (Elf64_auxv_t *)(e + 1); a->a_type; a++) switch (a->a_type) {
		case AT_PHDR: ph = (Elf64_Phdr *)a->a_un.a_val; break;
		case AT_PHNUM: nph = a->a_un.a_val; break;
		case AT_ENTRY: entry = a->a_un.a_val; break;
		case AT_BASE: debug.base = a->a_un.a_val; break;
		case AT_EXECFN:
			for (int i = 0, last = 0; i < 255; i++) {
				char c = ((char *)a->a_un.a_val)[i];
				if (!c) { origin[last] = 0; break; }
				origin[i] = c;
				if (c == '/') last = i;
			}
	}
	Elf64_Dyn *dyn = 0;
	for (word i = 0; i < nph; i++)
		if (ph[i].p_type == PT_PHDR) base = (word)ph - ph[i].p_vaddr;
	for (word i = 0; i < nph; i++)
		if (ph[i].p_type == PT_DYNAMIC) dyn = (Elf64_Dyn *)(base + ph[i].p_vaddr);
	debug.version = 1, debug.map = objects, debug.brk = (word)state_function;
	enlist("", base, dyn);
	for (Elf64_Dyn *d = dyn; d->d_tag; d++)
		if (d->d_tag == DT_DEBUG) d->d_un.d_val = (word)&debug;
	tell(1);
	for (int i = 0; i < nobjects; i++) load(&objects[i]);
	for (int i = nobjects - 1; i >= 0; i--) relocate(&objects[i]);
	tell(0);
	begin(objects, argc, argv, envp);
	return (struct start){entry, (word)finish};
}

__asm__(".globl _start\n_start:\nmov %rsp, %rdi\nmov %rsp, %rbx\nand $-16, %rsp\ncall link\nmov %rbx, %rsp\njmp *%rax\n");
