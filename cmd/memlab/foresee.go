package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/sim"
	traces "memlab/paging/sim/trace"
	"memlab/vm"
)

// roomyFrames is the least memory of a run that is only recorded.
const roomyFrames = 16384

// foresee runs the program once, with its output thrown away, and puts the future that it has learned into c.
// o then says how to run it again: with the same input. What cannot be repeated is refused.
func (p *process) foresee(c *vm.Config, o *execOptions) error {
	name := "policy " + c.Replacement.Policy
	for _, b := range o.files.binds {
		if strings.HasSuffix(b, ":rw") {
			return fmt.Errorf("exec: %s runs the program twice, and --bind %s lets it change files: "+
				"bind without rw", name, b)
		}
	}
	if interactive(p.stdin) {
		return fmt.Errorf("exec: %s runs the program twice, and standard input is a terminal: "+
			"give it a file or a pipe, as </dev/null", name)
	}
	if c.Loader.Strategy != "demand" || c.Allocation.Scheme != "paged" {
		return fmt.Errorf("exec: %s knows the future of demand paging only: "+
			"set machine.loader.strategy to demand and machine.allocation.scheme to paged", name)
	}
	read := &bytes.Buffer{}
	first := *o
	first.stdin = io.TeeReader(p.stdin, read)
	row := &recording{}
	roomy := *c
	roomy.Memory.Frames = max(c.Memory.Frames, roomyFrames)
	roomy.Replacement.Policy, roomy.Replacement.Params = "fifo", nil
	if err := p.rehearse(roomy, &first, row); err != nil {
		return err
	}
	o.stdin = io.MultiReader(read, p.stdin)
	next, err := row.next()
	c.Next = next
	return err
}

// interactive reports whether r is a device that cannot be asked twice: a terminal, but not /dev/null.
func interactive(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// rehearse runs the program for its references alone.
func (p *process) rehearse(c vm.Config, o *execOptions, row *recording) error {
	prog, files, err := p.program(*o)
	if err != nil {
		return err
	}
	defer files.Close()
	prog.Stdout, prog.Stderr = io.Discard, io.Discard
	m, err := vm.New(c)
	if err != nil {
		return err
	}
	defer m.Close()
	m.Record(row.add)
	if _, err := m.Load(prog); err != nil {
		return loadError(err)
	}
	_, err = m.Run(vm.RunOptions{Cancelled: p.ctx.Err})
	m.FlushRecord()
	switch {
	case p.ctx.Err() != nil:
		return &exitError{codeInterrupted, errors.New("exec: interrupted")}
	case err != nil:
		return fmt.Errorf("exec: %w", err)
	}
	return nil
}

// recording is the reference string of a run.
type recording struct {
	accesses []traces.Access
	pager    *traces.Pager
	blocks   []sim.Block
}

// add takes some references.
func (r *recording) add(refs []paging.Reference) {
	if r.pager == nil {
		r.pager, _ = traces.NewPager(nil, traces.Info{}, 0) // cannot fail without a page size
	}
	r.accesses = asAccesses(r.accesses[:0], refs)
	r.blocks = append(r.blocks, r.pager.Block(r.accesses))
}

// next is the future of every reference.
func (r *recording) next() ([]uint32, error) {
	n := 0
	for _, b := range r.blocks {
		n += len(b.Refs)
	}
	if uint64(n) > sim.MaxFuture {
		return nil, fmt.Errorf("exec: the program makes %d references: %d can be looked ahead at most",
			n, uint64(sim.MaxFuture))
	}
	return sim.NextUses(r.blocks), nil
}

// asAccesses are references as a trace has them.
func asAccesses(to []traces.Access, refs []paging.Reference) []traces.Access {
	for i := range refs {
		r := &refs[i]
		a := traces.Access{Addr: uint64(r.Page), Size: 1, Space: r.Space, Straddles: r.Straddles}
		switch {
		case r.Gone:
			a.Kind = traces.Drop
		case r.Access == addr.Write:
			a.Kind = traces.Write
		case r.Access == addr.Fetch:
			a.Kind = traces.Fetch
		}
		to = append(to, a)
	}
	return to
}

// asForeseen reports a run that did not repeat the one before.
func asForeseen(m *vm.Machine, next []uint32) error {
	if n := m.References(); next != nil && n != uint64(len(next)) {
		return fmt.Errorf("the program made %d references when it was recorded, and %d now: "+
			"it does not repeat itself (does it look at the clock or the size of memory?), "+
			"so that its future is not known",
			len(next), n)
	}
	return nil
}
