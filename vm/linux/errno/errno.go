// Package errno has Linux's error numbers as a Go type: what a system call puts, negated, into RAX.
//
// It is a leaf: it imports nothing of memlab.
package errno

import "strconv"

// Errno is a Linux error number. Functions that answer as a system call does return one; 0 means that
// nothing went wrong, so it must not be put into an error variable unchecked: use Err.
type Errno int //nolint:errname // errno is the field's own name for it

// OK is the Errno of success.
const OK Errno = 0

// Err is e as an error: nil for OK.
func (e Errno) Err() error {
	if e == OK {
		return nil
	}
	return e
}

// Error is the text that perror(3) prints, with the name: "no such file or directory (ENOENT)".
func (e Errno) Error() string {
	if e > 0 && int(e) < len(table) && table[e].name != "" {
		return table[e].text + " (" + table[e].name + ")"
	}
	return "error " + strconv.Itoa(int(e))
}

// Name is the symbolic name, "ENOENT"; for a number that Linux does not use the number itself.
func (e Errno) Name() string {
	if e > 0 && int(e) < len(table) && table[e].name != "" {
		return table[e].name
	}
	return strconv.Itoa(int(e))
}
