package mmops

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// Answers that paging/area has no number for.
var (
	errBadFile = errors.New("EBADF")
	errTooBig  = errors.New("EFBIG")
)

// args reads the arguments of one operation. The first that cannot be understood is noted in err.
type args struct {
	run *run
	op  []any
	err error
}

func (a *args) fail(i int, what string) {
	if a.err == nil {
		a.err = fmt.Errorf("argument %d of %v: %s", i, a.op, what)
	}
}

// get is argument i.
func (a *args) get(i int) any {
	if i >= len(a.op) {
		a.fail(i, "is missing")
		return nil
	}
	return a.op[i]
}

func (a *args) word(i int) string {
	s, _ := a.get(i).(string)
	return s
}

// at is an address.
func (a *args) at(i int) addr.VAddr { return addr.VAddr(a.number(i)) }

// number is an address or a length as the register holds it.
func (a *args) number(i int) uint64 {
	v := a.whole(i)
	if a.run.image.Class.Bits() == 32 {
		v = uint64(uint32(v))
	}
	return v
}

// offset is mmap's offset in bytes; i386's mmap2 counts in pages and loses the rest.
func (a *args) offset(i int) uint64 {
	v := a.whole(i)
	if a.run.image.Class.Bits() == 32 {
		v = uint64(uint32(v/addr.ABIPage)) * addr.ABIPage
	}
	return v
}

// whole is a number, "$N" for the result of step N, "sp" or "top", each of the words also with an offset.
func (a *args) whole(i int) uint64 {
	switch v := a.get(i).(type) {
	case json.Number:
		n, ok := parse(v.String())
		if !ok {
			a.fail(i, "is not a whole number of 64 bits")
		}
		return n
	case string:
		return a.named(i, v)
	default:
		a.fail(i, "is neither a number nor a name")
	}
	return 0
}

// parse reads a number from -2^63 to 2^64-1.
func parse(s string) (uint64, bool) {
	if n, err := strconv.ParseUint(s, 0, 64); err == nil {
		return n, true
	}
	n, err := strconv.ParseInt(s, 0, 64)
	return uint64(n), err == nil
}

func (a *args) named(i int, s string) uint64 {
	if n, ok := parse(s); ok {
		return n
	}
	base, off := s, uint64(0)
	if at := strings.IndexAny(s, "+-"); at > 0 {
		base = s[:at]
		n, err := strconv.ParseUint(s[at+1:], 0, 64)
		if err != nil {
			a.fail(i, "has an offset that is not a number")
		}
		if off = n; s[at] == '-' {
			off = -n
		}
	}
	switch {
	case base == "sp":
		return uint64(a.run.image.Stack.SP) + off
	case base == "top":
		return uint64(a.run.image.Stack.Top) + off
	case strings.HasPrefix(base, "$"):
		n, err := strconv.Atoi(base[1:])
		if err == nil && n >= 0 && n < len(a.run.results) {
			return a.run.results[n] + off
		}
		a.fail(i, "names a step that has not been made")
	default:
		a.fail(i, "is neither a number nor $N, sp or top")
	}
	return 0
}

// prot is a set of the letters r, w and x, or "-".
func (a *args) prot(i int) addr.Prot {
	var p addr.Prot
	s, ok := a.get(i).(string)
	if !ok {
		a.fail(i, "is not a word of the letters rwx")
	}
	for _, c := range s {
		switch c {
		case 'r':
			p |= addr.ProtRead
		case 'w':
			p |= addr.ProtWrite
		case 'x':
			p |= addr.ProtExec
		case '-':
		default:
			a.fail(i, "is not a word of the letters rwx")
		}
	}
	return p
}

// file is the open file "F", "R" or "W"; a number is no open file.
func (a *args) file(i int) *openFile {
	switch v := a.get(i).(type) {
	case json.Number:
		return nil
	case string:
		if f := a.run.files[v]; f != nil {
			return f
		}
	}
	a.fail(i, "is not F, R, W or a number")
	return nil
}

func (a *args) mapFlags(i int) area.MapFlags { return area.MapFlags(a.flags(i, mapFlag)) }

func (a *args) remapFlags(i int) uint32 { return uint32(a.flags(i, remapFlag)) }

// flags are names joined by |, or a number.
func (a *args) flags(i int, named func(string) (uint64, bool)) uint64 {
	v := a.get(i)
	if n, ok := v.(json.Number); ok {
		f, good := parse(n.String())
		if !good {
			a.fail(i, "is not a number of flags")
		}
		return f
	}
	s, ok := v.(string)
	if !ok {
		a.fail(i, "is neither names of flags nor a number")
		return 0
	}
	f := uint64(0)
	for word := range strings.SplitSeq(s, "|") {
		bit, known := named(word)
		if !known {
			bit, known = parse(word)
		}
		if !known && word != "" {
			a.fail(i, fmt.Sprintf("has the unknown flag %q", word))
		}
		f |= bit
	}
	return f
}

// mapFlag is a flag of mmap(2) by its name without MAP_.
func mapFlag(name string) (uint64, bool) {
	f := area.MapFlags(0)
	switch name {
	case "SHARED":
		f = area.MapShared
	case "PRIVATE":
		f = area.MapPrivate
	case "FIXED":
		f = area.MapFixed
	case "ANON":
		f = area.MapAnonymous
	case "BIT32":
		f = area.Map32Bit
	case "GROWSDOWN":
		f = area.MapGrowsDown
	case "DENYWRITE":
		f = 0x800
	case "EXECUTABLE":
		f = 0x1000
	case "LOCKED":
		f = area.MapLocked
	case "NORESERVE":
		f = area.MapNoReserve
	case "POPULATE":
		f = area.MapPopulate
	case "NONBLOCK":
		f = area.MapNonblock
	case "STACK":
		f = area.MapStack
	case "FIXED_NOREPLACE":
		f = area.MapFixedNoReplace
	}
	return uint64(f), f != 0
}

// remapFlag is a flag of mremap(2) by its name without MREMAP_.
func remapFlag(name string) (uint64, bool) {
	switch name {
	case "MAYMOVE":
		return area.RemapMayMove, true
	case "FIXED":
		return area.RemapFixed, true
	case "DONTUNMAP":
		return area.RemapDontUnmap, true
	}
	return 0, false
}
