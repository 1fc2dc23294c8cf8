package object

import (
	"cmp"
	"slices"
	"strings"

	"memlab/loader/elf"
)

// kind is the segment that a section goes to, by its rights.
type kind uint8

// The kinds in the order of their addresses.
const (
	code     kind = iota // r-x
	constant             // r--
	data                 // rw-
	open                 // rwx
	kinds
)

// flags are the p_flags of a kind.
func (k kind) flags() uint32 {
	return [...]uint32{
		elf.FlagR | elf.FlagX, elf.FlagR, elf.FlagR | elf.FlagW,
		elf.FlagR | elf.FlagW | elf.FlagX,
	}[k]
}

// String is the rights.
func (k kind) String() string { return [...]string{"r-x", "r--", "rw-", "rwx"}[k] }

func kindOf(s *elf.Section) kind {
	exec, write := s.Flags&elf.SectionExec != 0, s.Flags&elf.SectionWrite != 0
	switch {
	case exec && write:
		return open
	case exec:
		return code
	case write:
		return data
	}
	return constant
}

// part is a section that is placed: an object's, or one that the linker makes.
type part struct {
	object *object // nil: made here
	name   string
	kind   kind
	align  uint64
	size   uint64
	data   []byte // nil with nobits
	nobits bool
	addr   uint64
}

// segment is a run of parts with the same rights.
type segment struct {
	kind   kind
	addr   uint64
	size   uint64 // in memory
	inFile uint64 // bytes before the zeros at the end
	parts  []*part
}

// constructor tells where a section stands among the constructors, which lie together: .init_array.NNNNN by
// number before .init_array. ok is false for another section.
func (p *part) constructor() (order string, ok bool) {
	rest, ok := strings.CutPrefix(p.name, ".init_array")
	if !ok || rest != "" && rest[0] != '.' {
		return "", false
	}
	if rest == "" {
		return "~", true // behind all numbers
	}
	return rest, true
}

// layout gives each part its address.
func (l *linker) layout() error {
	for _, o := range l.objects {
		for _, p := range o.parts {
			if p != nil {
				l.parts = append(l.parts, p)
			}
		}
	}
	slices.SortStableFunc(
		l.parts,
		func(a, b *part) int { return cmp.Or(cmp.Compare(a.kind, b.kind), rank(a, b)) },
	)
	at, limit := l.opt.Base, uint64(maxAddr)
	if l.class == elf.Class32 {
		limit = maxAddr32
	}
	if at == 0 {
		at = 0x400000
		if l.class == elf.Class32 {
			at = 0x8048000
		}
	}
	if at%page != 0 || at >= limit {
		return &Error{Msg: "the base must be a multiple of the page size 4096 and an address of a program"}
	}
	var bytes, padding uint64
	for _, p := range l.parts {
		last := len(l.out.segments) - 1
		if last < 0 || l.out.segments[last].kind != p.kind {
			at = (at + page - 1) &^ (page - 1)
			l.out.segments = append(l.out.segments, segment{kind: p.kind, addr: at})
			last++
		}
		s := &l.out.segments[last]
		p.addr = (at + p.align - 1) &^ (p.align - 1)
		padding += p.addr - at
		if p.size > limit || p.addr+p.size > limit {
			return &Error{
				Object: p.owner(),
				Msg:    "section " + clip(p.name) + " does not fit into the address space",
			}
		}
		at = p.addr + p.size
		s.size = at - s.addr
		if !p.nobits {
			s.inFile = s.size
			bytes += p.size
		}
		s.parts = append(s.parts, p)
	}
	const spare = 8 << 20 // what alignment may cost before it is a trick
	if padding > spare+bytes {
		return &Error{Msg: "the sections ask for too much alignment"}
	}
	return nil
}

func (p *part) owner() string {
	if p.object == nil {
		return ""
	}
	return p.object.name
}

// rank orders parts with the same rights: constructors first and by priority, then bytes, then zeros.
func rank(a, b *part) int {
	level := func(p *part) int {
		switch _, first := p.constructor(); {
		case p.nobits:
			return 2
		case first:
			return 0
		}
		return 1
	}
	x, _ := a.constructor()
	y, _ := b.constructor()
	return cmp.Or(cmp.Compare(level(a), level(b)), cmp.Compare(x, y))
}
