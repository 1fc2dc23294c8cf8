package loader

import (
	"slices"
	"strconv"

	"memlab/paging/addr"
)

// Limits of the strings that execve copies (Linux: MAX_ARG_STRLEN, ARG_MAX, _STK_LIM).
const (
	maxString   = 131072 // one string with its NUL
	argFloor    = 131072
	defaultRoom = 6 << 20 // three quarters of the default stack limit
	topGap      = 8       // bytes at the top of the stack that stay zero, for both classes
)

// argArea is the top of the new stack as execve fills it before it looks at the file: the file's name, the
// environment and the arguments, downwards. Distances are from the top, because the top is known only once
// the class is. Bytes that a script's rewriting leaves behind stay, as they do in Linux's pages.
type argArea struct {
	buf        []byte // distance d from the top lies at len(buf)-d
	depth      uint64 // distance of the lowest string from the top
	low        uint64 // the largest depth there ever was: its page exists
	limit      uint64 // the largest depth allowed by the limit on arguments
	stackLimit uint64
	argc, envc int
	argv0      string
	execDepth  uint64 // where AT_EXECFN's string lies
}

// newArgArea copies path, env and argv in Linux's order.
func newArgArea(req *Request) (*argArea, error) {
	a := &argArea{
		depth: topGap, low: topGap, stackLimit: req.StackLimit, argc: len(req.Argv),
		envc: len(req.Env),
	}
	room := max(min(defaultRoom, req.StackLimit/4), argFloor)
	pointers := uint64(max(a.argc, 1)+a.envc) * 8
	if room <= pointers {
		return nil, refuse(RulePointers, E2BIG, req.Path,
			"%d arguments and environment strings leave no room for themselves",
			a.argc+a.envc)
	}
	a.limit = topGap + room - pointers
	if err := a.push(req.Path, "the path", req.Path); err != nil {
		return nil, err
	}
	a.execDepth = a.depth
	for i, s := range slices.Backward(req.Env) {
		if err := a.push(req.Path, "environment string "+strconv.Itoa(i), s); err != nil {
			return nil, err
		}
	}
	for i, s := range slices.Backward(req.Argv) {
		if err := a.push(req.Path, "argument "+strconv.Itoa(i), s); err != nil {
			return nil, err
		}
	}
	if a.argc > 0 {
		a.argv0 = req.Argv[0]
	} else if req.Profile.AddEmptyArg {
		if err := a.push(req.Path, "the empty argument", ""); err != nil {
			return nil, err
		}
		a.argc = 1
	}
	return a, nil
}

// push puts s and a NUL below what is there. what names it in an error.
func (a *argArea) push(path, what, s string) error {
	size := uint64(len(s)) + 1
	if size > maxString {
		return refuse(RuleString, E2BIG, path, "%s has %d bytes, at most %d are allowed", what, size-1,
			maxString-1)
	}
	depth := a.depth + size
	if depth > a.limit {
		return refuse(RuleStrings, E2BIG, path,
			"%s makes the arguments and the environment exceed their limit", what)
	}
	// The pages grow like a stack, and the first one is there from the start.
	if need := pageUp(depth); need > addr.ABIPage && need > a.stackLimit && need > pageUp(a.low) {
		return refuse(RuleStack, E2BIG, path, "%s makes the arguments exceed the stack limit of %d bytes",
			what,
			a.stackLimit)
	}
	a.depth, a.low = depth, max(a.low, depth)
	a.reserve(depth)
	at := len(a.buf) - int(depth)
	copy(a.buf[at:], s)
	a.buf[at+len(s)] = 0
	return nil
}

// reserve makes buf reach down to depth.
func (a *argArea) reserve(depth uint64) {
	if uint64(len(a.buf)) >= depth {
		return
	}
	grown := make([]byte, max(pageUp(depth), min(2*uint64(len(a.buf)), pageUp(defaultRoom))))
	copy(grown[len(grown)-len(a.buf):], a.buf)
	a.buf = grown
}

// rewrite is what a format does to the arguments; see Handover.
func (a *argArea) rewrite(path string, h *Handover) error {
	if a.argc > 0 && !h.KeepArgv0 {
		a.depth -= uint64(len(a.argv0)) + 1
		a.argc--
	}
	if err := a.push(path, "the file's path", path); err != nil {
		return err
	}
	a.argc++
	for _, arg := range slices.Backward(h.Args) {
		if err := a.push(path, "an argument for the interpreter", arg); err != nil {
			return err
		}
		a.argc++
	}
	if err := a.push(path, "the interpreter's path", h.Interp); err != nil {
		return err
	}
	a.argc++
	a.argv0 = h.Interp
	return nil
}

// bytes are everything from the lowest page that exists up to the top.
func (a *argArea) bytes() []byte {
	size := pageUp(a.low)
	a.reserve(size)
	return a.buf[uint64(len(a.buf))-size:]
}

// argv are the arguments as they are now.
func (a *argArea) argv() []string {
	rest := a.buf[uint64(len(a.buf))-a.depth:]
	out := make([]string, 0, a.argc)
	for range a.argc {
		s := cString(rest)
		out, rest = append(out, s), rest[len(s)+1:]
	}
	return out
}
