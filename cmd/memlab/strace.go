package main

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// What a system call gets that memlab lacks.
const (
	missingENOSYS = "enosys"
	missingStop   = "stop"
)

// trace is where system calls are written, if anywhere.
type trace struct {
	to    io.Writer // nil: nowhere
	flush func() error
	file  string
}

// openTrace opens what --strace or --strace-out say. On standard error lines appear at once, between those of
// the program.
func (p *process) openTrace(o execOptions) (*trace, error) {
	switch {
	case o.strace && o.straceOut != "":
		return nil, errors.New("--strace writes to standard error, --strace-out to a file: give one of them")
	case o.strace:
		return &trace{to: p.stderr}, nil
	case o.straceOut == "":
		return &trace{}, nil
	}
	f, err := os.Create(p.path(o.straceOut))
	if err != nil {
		return nil, fileError("--strace-out", o.straceOut, err)
	}
	b := bufio.NewWriter(f)
	flush := func() error { return errors.Join(b.Flush(), f.Close()) }
	return &trace{to: b, file: o.straceOut, flush: flush}, nil
}

// Close brings what has been written to its file.
func (t *trace) Close() error {
	if t.flush == nil {
		return nil
	}
	if err := t.flush(); err != nil {
		return fileError("--strace-out", t.file, err)
	}
	return nil
}
