package loader

import "strings"

// maxDepth is how often the formats are tried: an ELF file behind at most five scripts.
const maxDepth = 6

const noInterp = "the #! line names no interpreter"

// shebang is the first line of a script: "#!" interpreter [argument].
type shebang struct {
	interp string
	arg    string
	hasArg bool
}

// parseShebang reads the line from the first headSize bytes of a file that begins with "#!". It follows
// Linux's load_script step by step, because what it accepts shows: the search for the newline stops at a NUL,
// a path that fills the buffer is refused as truncated, an argument that does is cut silently. bad says what
// is wrong.
func parseShebang(head []byte) (s shebang, bad string) {
	last := len(head) - 1
	end := newline(head)
	if end < 0 {
		start := skipBlanks(head, 2, last)
		if start < 0 {
			return s, noInterp
		}
		if terminator(head, start, last) < 0 {
			return s, "the #! line's interpreter does not end within the first 256 bytes"
		}
		end = last
	}
	for blank(head[end-1]) {
		end--
	}
	name := skipBlanks(head, 2, end)
	if name < 0 || name == end {
		return s, noInterp
	}
	line := head[:end]
	if sep := terminator(head, name, end); sep >= 0 && head[sep] != 0 && sep < end {
		if arg := skipBlanks(head, sep, end); arg >= 0 {
			s.arg, s.hasArg = cString(line[min(arg, end):]), true
		}
		line = head[:sep]
	}
	s.interp = cString(line[name:])
	return s, ""
}

// newline is the index of the first newline that no NUL precedes, or -1.
func newline(b []byte) int {
	for i, c := range b {
		switch c {
		case '\n':
			return i
		case 0:
			return -1
		}
	}
	return -1
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// skipBlanks is the first index from i to last, inclusive, that holds no blank, or -1.
func skipBlanks(b []byte, i, last int) int {
	for ; i <= last; i++ {
		if !blank(b[i]) {
			return i
		}
	}
	return -1
}

// terminator is the first index from i to last, inclusive, that holds a blank or a NUL, or -1.
func terminator(b []byte, i, last int) int {
	for ; i <= last; i++ {
		if blank(b[i]) || b[i] == 0 {
			return i
		}
	}
	return -1
}

// cString is b up to its first NUL.
func cString(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}
