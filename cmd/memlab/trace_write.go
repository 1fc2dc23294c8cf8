package main

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	traces "memlab/paging/sim/trace"
)

// joined is a list for people.
func joined(words []string) string { return strings.Join(words, ", ") }

// writeTrace writes a trace to a file that appears whole or not at all; .gz at its end compresses it.
func (p *process) writeTrace(name, format string, unit uint64, fill func(traces.Writer) error) (err error) {
	at := p.path(name)
	f, err := os.CreateTemp(filepath.Dir(at), filepath.Base(at)+".*.tmp")
	if err != nil {
		return fileError("trace", name, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the first error is the one to tell
			_ = os.Remove(f.Name()) // likewise
		}
	}()
	to, finish := io.Writer(f), func() error { return nil }
	if strings.HasSuffix(name, ".gz") {
		z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed) // fails only for levels that do not exist
		to, finish = z, z.Close
	}
	w, err := traces.NewWriter(to, format, unit)
	if err != nil {
		return err
	}
	if err = fill(w); err == nil {
		err = errors.Join(w.Close(), finish(), f.Chmod(0o644), f.Close())
	}
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), at); err != nil {
		return fileError("trace", name, err)
	}
	return nil
}
