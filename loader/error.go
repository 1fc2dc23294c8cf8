package loader

import (
	"errors"
	"fmt"
)

// Error is a failed execve.
type Error struct {
	Errno  Errno  // what execve returns; of a Fatal failure the kernel's internal reason
	Fatal  bool   // after the point of no return: SIGSEGV before the first instruction
	Path   string // the file that is at fault, as the guest names it
	Reason string // one line: what is wrong and where
	Rule   Rule   // that was not met
}

// Error is one line: "/bin/x: not an ELF executable: e_phentsize is 55, must be 56 (ENOEXEC)".
func (e *Error) Error() string {
	if e.Fatal {
		return fmt.Sprintf("%s: %s (killed by SIGSEGV in execve: %s)", e.Path, e.Reason, e.Errno.Error())
	}
	return fmt.Sprintf("%s: %s (%s)", e.Path, e.Reason, e.Errno.Error())
}

// Unwrap is the error number, so that errors.Is(err, ENOEXEC) works.
func (e *Error) Unwrap() error { return e.Errno }

func refuse(rule Rule, no Errno, path, format string, args ...any) *Error {
	return &Error{Rule: rule, Errno: no, Path: path, Reason: fmt.Sprintf(format, args...)}
}

func fatal(rule Rule, no Errno, path, format string, args ...any) *Error {
	return &Error{Rule: rule, Errno: no, Fatal: true, Path: path, Reason: fmt.Sprintf(format, args...)}
}

// errnoOf is the error number that err carries, and EIO for an error of another kind: a host file that cannot
// be read.
func errnoOf(err error) Errno {
	if no, ok := errors.AsType[Errno](err); ok {
		return no
	}
	return EIO
}

// ErrnoOf is the error number that err carries; ok is false if it carries none.
func ErrnoOf(err error) (no Errno, ok bool) { return errors.AsType[Errno](err) }

func asError(err error) (*Error, bool) { return errors.AsType[*Error](err) }
