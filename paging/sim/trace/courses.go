package trace

import (
	"bytes"
	"fmt"
)

// The formats of this file are those of courses and small tools, one access a line.

// parseMemsim reads "0041f7a0 R" and "0041f7a0 W".
func parseMemsim(line []byte, out *[4]Access) (int, error) {
	b := skipBlanks(line)
	if len(b) == 0 {
		return 0, nil
	}
	v, rest, ok := prefixedHex(b)
	word := bytes.TrimSpace(rest)
	if !ok || len(rest) == len(word) || len(word) != 1 {
		return 0, badMemsim(line)
	}
	out[0] = Access{Addr: v, Size: 1}
	switch word[0] | 0x20 {
	case 'r':
	case 'w':
		out[0].Kind = Write
	default:
		return 0, badMemsim(line)
	}
	return 1, nil
}

func badMemsim(line []byte) error {
	return fmt.Errorf("%s: must be a hexadecimal address and R or W", shown(line))
}

// parseAddress reads what UCSD and the Caffeine simulator call an address trace: "s 0x1fffff50 1" is a store,
// l a load, and the last number counts instructions since the access before.
func parseAddress(line []byte, out *[4]Access) (int, error) {
	b := skipBlanks(line)
	if len(b) == 0 {
		return 0, nil
	}
	v, rest, ok := uint64(0), b, false
	if len(b) > 2 && b[1] == ' ' {
		v, rest, ok = prefixedHex(skipBlanks(b[2:]))
	}
	if ok && len(rest) > 0 {
		_, rest, ok = decimal(skipBlanks(rest))
	}
	if !ok || b[0] != 'l' && b[0] != 's' || len(skipBlanks(rest)) != 0 {
		return 0, fmt.Errorf("%s: must be l or s, an address and a number, as \"s 0x1fffff50 1\"",
			shown(line))
	}
	out[0] = Access{Addr: v, Size: 1}
	if b[0] == 's' {
		out[0].Kind = Write
	}
	return 1, nil
}

// parsePinatrace reads the output of Pin's example tool: "0x7f31: R 0x7ffd", ended by "#eof".
func parsePinatrace(line []byte, out *[4]Access) (int, error) {
	b := skipBlanks(line)
	switch {
	case len(b) == 0:
		return 0, nil
	case bytes.HasPrefix(b, []byte("#eof")):
		return 0, errEnd
	case b[0] == '#':
		return 0, nil
	}
	_, rest, ok := prefixedHex(b)
	if !ok || len(rest) < 5 || rest[0] != ':' {
		return 0, badPinatrace(line)
	}
	rest = skipBlanks(rest[1:])
	if len(rest) < 3 || rest[1] != ' ' || rest[0] != 'R' && rest[0] != 'W' {
		return 0, badPinatrace(line)
	}
	kind := rest[0]
	v, rest, ok := prefixedHex(skipBlanks(rest[1:]))
	if !ok || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' {
		return 0, badPinatrace(line)
	}
	out[0] = Access{Addr: v, Size: 1}
	if kind == 'W' {
		out[0].Kind = Write
	}
	return 1, nil
}

func badPinatrace(line []byte) error {
	return fmt.Errorf("%s: must be as \"0x401000: R 0x7ffc10\"", shown(line))
}

// parseMOSS reads the commands of the MOSS memory simulator: READ or WRITE, then an address in bin, oct, hex
// or dec (hex where nothing is said). "READ random" has no address: it is refused, for a trace repeats.
func parseMOSS(line []byte, out *[4]Access) (int, error) {
	if at := bytes.Index(line, []byte("//")); at >= 0 {
		line = line[:at]
	}
	words := bytes.Fields(line)
	if len(words) == 0 {
		return 0, nil
	}
	a := Access{Size: 1}
	switch {
	case bytes.EqualFold(words[0], []byte("READ")):
	case bytes.EqualFold(words[0], []byte("WRITE")):
		a.Kind = Write
	default:
		return 0, badMOSS(line)
	}
	base := 16
	switch {
	case len(words) == 2 && bytes.EqualFold(words[1], []byte("random")):
		return 0, fmt.Errorf("%s: a random address cannot be repeated; write the address", shown(line))
	case len(words) == 3:
		if base = radix(words[1]); base == 0 {
			return 0, badMOSS(line)
		}
	case len(words) != 2:
		return 0, badMOSS(line)
	}
	v, ok := number(words[len(words)-1], base)
	if !ok {
		return 0, badMOSS(line)
	}
	a.Addr = v
	out[0] = a
	return 1, nil
}

func radix(word []byte) int {
	for _, r := range []struct {
		name string
		base int
	}{{"bin", 2}, {"oct", 8}, {"dec", 10}, {"hex", 16}} {
		if bytes.EqualFold(word, []byte(r.name)) {
			return r.base
		}
	}
	return 0
}

// number is the whole of word as a number in base.
func number(word []byte, base int) (v uint64, ok bool) {
	for _, c := range word {
		d := uint64(hexDigit[c])
		if d >= uint64(base) || v > (1<<64-1-d)/uint64(base) {
			return 0, false
		}
		v = v*uint64(base) + d
	}
	return v, len(word) > 0
}

func badMOSS(line []byte) error {
	return fmt.Errorf("%s: must be READ or WRITE, bin, oct, hex or dec, and an address",
		shown(bytes.TrimSpace(line)))
}
