package strace

import (
	"encoding/binary"
	"fmt"
	"strings"

	"memlab/paging/addr"
)

// printer writes one call.
type printer struct {
	c    *Call
	w    *words
	b    strings.Builder
	exit bool // the call has ended
	last bool // no argument counts behind this one

	joined bool // what comes next belongs to the argument before: no comma
}

func (p *printer) text(s string) { p.b.WriteString(s) }

func (p *printer) printf(format string, args ...any) { fmt.Fprintf(&p.b, format, args...) }

// word is the size of a pointer in the program's memory.
func (p *printer) word() int {
	if p.c.Bits32 {
		return 4
	}
	return 8
}

// peek reads n bytes; nil: they are not all there.
func (p *printer) peek(va uint64, n int) []byte {
	b := make([]byte, n)
	if p.c.Memory == nil || p.c.Memory.Peek(addr.VAddr(va), b) < n {
		return nil
	}
	return b
}

// pointer reads a pointer or length.
func (p *printer) pointer(va uint64) (uint64, bool) {
	b := p.peek(va, p.word())
	if b == nil {
		return 0, false
	}
	return p.wordAt(b, 0), true
}

// wordAt is the pointer or length with index i in b.
func (p *printer) wordAt(b []byte, i int) uint64 {
	if p.c.Bits32 {
		return uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return binary.LittleEndian.Uint64(b[8*i:])
}

// address writes a pointer.
func (p *printer) address(v uint64) {
	if v == 0 {
		p.text("NULL")
		return
	}
	p.printf("%#x", v)
}

// structure reads what v points to; if it cannot be read, or the call has failed and would have filled it,
// the address is written and nil returned.
func (p *printer) structure(v uint64, n int, filled bool) []byte {
	var b []byte
	if v != 0 && (!filled || p.failed() == 0) {
		b = p.peek(v, n)
	}
	if b == nil {
		p.address(v)
	}
	return b
}

// outcome writes what a call has put at v, or only the address if it has failed.
func (p *printer) outcome(v uint64, show func(*printer, uint64)) {
	if p.failed() != 0 {
		p.address(v)
		return
	}
	show(p, v)
}

// maxString is how many bytes of a string are shown.
const maxString = 32

// bytes writes the n bytes at va as a string.
func (p *printer) bytes(va, n uint64) {
	b := p.peek(va, int(min(n, maxString)))
	if va == 0 || b == nil {
		p.address(va)
		return
	}
	p.text(quote(b))
	if n > maxString {
		p.text("...")
	}
}

// cString writes a string with a NUL behind it, at most limit bytes of it.
func (p *printer) cString(va uint64, limit int) {
	b, ended, ok := p.readString(va, limit)
	if va == 0 || !ok {
		p.address(va)
		return
	}
	p.text(quote(b))
	if !ended {
		p.text("...")
	}
}

// readString reads up to limit bytes before a NUL.
func (p *printer) readString(va uint64, limit int) (b []byte, ended, ok bool) {
	for len(b) <= limit {
		c := p.peek(va+uint64(len(b)), 1)
		if c == nil {
			return nil, false, false
		}
		if c[0] == 0 {
			return b, true, true
		}
		b = append(b, c[0])
	}
	return b[:limit], false, true
}

// quote writes bytes as a C string, as strace's string_quote.
func quote(b []byte) string {
	var s strings.Builder
	s.WriteByte('"')
	for i, c := range b {
		if at := strings.IndexByte("\"\\\f\n\r\t\v", c); at >= 0 {
			s.WriteByte('\\')
			s.WriteByte("\"\\fnrtv"[at])
			continue
		}
		switch {
		case c >= ' ' && c <= '~':
			s.WriteByte(c)
		case i+1 < len(b) && b[i+1] >= '0' && b[i+1] <= '7':
			fmt.Fprintf(&s, "\\%03o", c)
		default:
			fmt.Fprintf(&s, "\\%o", c)
		}
	}
	s.WriteByte('"')
	return s.String()
}

// Quote is a string as it is written in a call, cut as there.
func Quote(s string) string {
	if len(s) > maxString {
		return quote([]byte(s[:maxString])) + "..."
	}
	return quote([]byte(s))
}

// QuotePath is a path, which is not cut.
func QuotePath(s string) string { return quote([]byte(s)) }

// flag is a named bit or value.
type flag struct {
	value uint64
	name  string
}

// join writes a set of flags; what is left over in hexadecimal.
func join(v uint64, table []flag, unknown string) string {
	if len(table) > 0 && v == 0 && table[0].value == 0 {
		return table[0].name
	}
	var parts []string
	for _, f := range table {
		if f.value != 0 && v&f.value == f.value {
			parts = append(parts, f.name)
			v &^= f.value
		}
	}
	switch {
	case v != 0 && len(parts) == 0:
		return fmt.Sprintf("%#x /* %s */", v, unknown)
	case v != 0:
		parts = append(parts, fmt.Sprintf("%#x", v))
	case len(parts) == 0:
		return "0"
	}
	return strings.Join(parts, "|")
}

// find writes a value that has a name.
func find(v uint64, table []flag, unknown string) string {
	for _, f := range table {
		if f.value == v {
			return f.name
		}
	}
	return fmt.Sprintf("%#x /* %s */", v, unknown)
}

// set is an argument of flags; one takes one of several values.
func set(table []flag, unknown string) func(*printer, uint64) {
	return func(p *printer, v uint64) { p.text(join(uint64(uint32(v)), table, unknown)) }
}

func one(table []flag, unknown string) func(*printer, uint64) {
	return func(p *printer, v uint64) { p.text(find(uint64(uint32(v)), table, unknown)) }
}

// in and out make arguments.
func in(show func(*printer, uint64)) argument  { return argument{show: show} }
func out(show func(*printer, uint64)) argument { return argument{show: show, out: true} }

// args are arguments that the call reads; calls that write make their lists themselves.
func args(shows ...func(*printer, uint64)) []argument {
	list := make([]argument, len(shows))
	for i := range shows {
		list[i] = in(shows[i])
	}
	return list
}

// call is a call whose arguments are all read.
func call(shows ...func(*printer, uint64)) description { return description{args: args(shows...)} }

// fills is a call that writes to its arguments from the i-th on.
func fills(i int, shows ...func(*printer, uint64)) description {
	list := args(shows...)
	list[i].out = true
	return description{args: list}
}

// returns gives a call another kind of result.
func (d description) returns(result func(p *printer) string) description {
	d.result = result
	return d
}

func hexResult(p *printer) string { return fmt.Sprintf("%#x", p.c.Result) }
