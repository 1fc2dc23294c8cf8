package object

import (
	"encoding/binary"

	"memlab/loader/elf"
)

// start64 is _start for x86-64: it calls the constructors in [%rbx, %r15) and then main, each with argc, argv
// and envp, and exits with what main returns. The zero words are filled in.
//
//nolint:gochecknoglobals // constant code
var (
	start64 = []byte{
		0x31, 0xed, // xor %ebp,%ebp
		0x4c, 0x8b, 0x24, 0x24, // mov (%rsp),%r12
		0x4c, 0x8d, 0x6c, 0x24, 0x08, // lea 8(%rsp),%r13
		0x4f, 0x8d, 0x74, 0xe5, 0x08, // lea 8(%r13,%r12,8),%r14
		0x48, 0x83, 0xe4, 0xf0, // and $-16,%rsp
		0x48, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0, // movabs $first,%rbx
		0x49, 0xbf, 0, 0, 0, 0, 0, 0, 0, 0, // movabs $last,%r15
		0x4c, 0x39, 0xfb, // cmp %r15,%rbx
		0x73, 0x11, // jae main
		0x4c, 0x89, 0xe7, 0x4c, 0x89, 0xee, 0x4c, 0x89, 0xf2, // mov %r12,%rdi; mov %r13,%rsi; mov %r14,%rdx
		0xff, 0x13, // call *(%rbx)
		0x48, 0x83, 0xc3, 0x08, // add $8,%rbx
		0xeb, 0xea, // jmp cmp
		0x4c, 0x89, 0xe7, 0x4c, 0x89, 0xee, 0x4c, 0x89, 0xf2,
		0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, // movabs $main,%rax
		0xff, 0xd0, // call *%rax
		0x89, 0xc7, // mov %eax,%edi
		0xb8, 0xe7, 0, 0, 0, // mov $SYS_exit_group,%eax
		0x0f, 0x05, // syscall
	}
	first64, last64, main64 = 22, 32, 73

	start32 = []byte{
		0x31, 0xed, // xor %ebp,%ebp
		0x8b, 0x34, 0x24, // mov (%esp),%esi
		0x8d, 0x7c, 0x24, 0x04, // lea 4(%esp),%edi
		0x8d, 0x6c, 0xb7, 0x04, // lea 4(%edi,%esi,4),%ebp
		0x83, 0xe4, 0xf0, // and $-16,%esp
		0xbb, 0, 0, 0, 0, // mov $first,%ebx
		0x81, 0xfb, 0, 0, 0, 0, // cmp $last,%ebx
		0x73, 0x10, // jae main
		0x83, 0xec, 0x04, // sub $4,%esp
		0x55, 0x57, 0x56, // push %ebp; push %edi; push %esi
		0xff, 0x13, // call *(%ebx)
		0x83, 0xc4, 0x10, // add $16,%esp
		0x83, 0xc3, 0x04, // add $4,%ebx
		0xeb, 0xe8, // jmp cmp
		0x83, 0xec, 0x04, 0x55, 0x57, 0x56,
		0xb8, 0, 0, 0, 0, // mov $main,%eax
		0xff, 0xd0, // call *%eax
		0x89, 0xc3, // mov %eax,%ebx
		0xb8, 0xfc, 0, 0, 0, // mov $SYS_exit_group,%eax
		0xcd, 0x80, // int $0x80
	}
	first32, last32, main32 = 17, 23, 52

	// Without main there is nothing to run: the program exits with 0.
	idle64 = []byte{0x31, 0xff, 0xb8, 0xe7, 0, 0, 0, 0x0f, 0x05}
	idle32 = []byte{0x31, 0xdb, 0xb8, 0xfc, 0, 0, 0, 0xcd, 0x80}
)

const startName = "_start"

// planStart makes the start code if no object has a _start and nobody asked for another entry.
func (l *linker) planStart() error {
	if g := l.globals[startName]; l.opt.Entry != "" || g != nil && g.defined {
		return nil
	}
	code64, code32 := start64, start32
	if g := l.globals["main"]; g == nil || !g.defined {
		code64, code32 = idle64, idle32
	}
	b := code64
	if l.class == elf.Class32 {
		b = code32
	}
	l.start = &part{
		name:  ".start",
		kind:  code,
		align: 16,
		size:  uint64(len(b)),
		data:  append([]byte(nil), b...),
	}
	l.parts = append(l.parts, l.start)
	return nil
}

// finish fills in the start code, finds the entry and lists what is where.
func (l *linker) finish() error {
	if err := l.findEntry(); err != nil {
		return err
	}
	l.out.Class = l.class
	for _, p := range l.parts {
		l.out.Sections = append(l.out.Sections, Section{
			Object: p.owner(), Name: p.name, Addr: p.addr, Size: p.size, Align: p.align,
			Prot: p.kind.String(), Nobits: p.nobits,
		})
	}
	return l.listSymbols()
}

func (l *linker) findEntry() error {
	if l.start == nil {
		name := l.opt.Entry
		if name == "" {
			name = startName
		}
		g := l.globals[name]
		if g == nil || !g.defined {
			return &Error{Msg: "no object defines " + clip(name) + ", at which the program is to begin"}
		}
		l.out.Entry = g.addr
		return nil
	}
	l.out.Entry = l.start.addr
	g := l.globals["main"]
	if g == nil || !g.defined {
		return nil
	}
	first, last := l.constructors()
	b := l.start.data
	if l.class == elf.Class64 {
		binary.LittleEndian.PutUint64(b[first64:], first)
		binary.LittleEndian.PutUint64(b[last64:], last)
		binary.LittleEndian.PutUint64(b[main64:], g.addr)
	} else {
		binary.LittleEndian.PutUint32(b[first32:], uint32(first))
		binary.LittleEndian.PutUint32(b[last32:], uint32(last))
		binary.LittleEndian.PutUint32(b[main32:], uint32(g.addr))
	}
	return nil
}

// listSymbols lists what people and debuggers want to find.
func (l *linker) listSymbols() error {
	if l.start != nil {
		l.out.Symbols = append(l.out.Symbols, Symbol{
			Name: startName, Addr: l.start.addr, Size: l.start.size, Type: elf.SymFunc, Bind: elf.BindGlobal,
		})
	}
	for _, o := range l.objects {
		for i := range o.symbols {
			s := &o.symbols[i].Symbol
			out := Symbol{Object: o.name, Name: s.Name, Size: s.Size, Type: s.Type, Bind: s.Bind}
			if s.Bind != elf.BindLocal {
				g := l.globals[s.Name]
				if g.object != o || g.index != i {
					continue // another object's
				}
				out.Addr, out.Type, out.Size = g.addr, g.typ, g.size
			} else {
				if s.Type != elf.SymFunc && s.Type != elf.SymObject && s.Type != elf.SymNoType ||
					s.Name == "" ||
					int(s.Section) >= len(o.parts) || o.parts[s.Section] == nil {
					continue
				}
				var err error
				if out.Addr, err = l.local(o, i); err != nil {
					return err
				}
			}
			l.out.Symbols = append(l.out.Symbols, out)
		}
	}
	return nil
}
