package mmops

import (
	"fmt"
	"slices"
	"strings"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/plain"
	"memlab/vm/execmap"
)

// Open opens a program for execution; its errors are loader.Errno values.
type Open func(path string) (loader.File, error)

// run is one replay.
type run struct {
	doc     *Document
	space   execmap.Plain
	image   *loader.Result
	program string
	files   map[string]*openFile
	results []uint64 // of the steps so far; 0 if one failed
}

// Run replays the document under a kernel's rules and returns it with memlab's own answers. The error is that
// of an execve that failed (*loader.Error), or says which step cannot be understood; steps that the kernel
// refuses are answers.
func Run(doc *Document, profile *loader.Profile, open Open) (*Document, error) {
	r := &run{doc: doc}
	if err := r.start(profile, open); err != nil {
		return nil, err
	}
	out := *doc
	out.Bits = r.image.Class.Bits()
	out.Initial = r.rows()
	out.Steps = make([]Step, 0, len(doc.Steps))
	before := out.Initial
	for i := range doc.Steps {
		step := Step{Op: doc.Steps[i].Op}
		value, err := r.do(&step)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i, err)
		}
		r.results = append(r.results, value)
		after := r.rows()
		step.Del, step.Add = without(before, after), without(after, before)
		before = after
		out.Steps = append(out.Steps, step)
	}
	out.Final = before
	return &out, nil
}

// memlock is RLIMIT_MEMLOCK as Linux gives it (MLOCK_LIMIT).
const memlock = 8 << 20

// start loads the program.
func (r *run) start(profile *loader.Profile, open Open) error {
	d := r.doc
	limit, err := d.stackLimit()
	if err != nil {
		return err
	}
	bits, err := d.personality()
	if err != nil {
		return err
	}
	req := &loader.Request{
		Path: d.Prog, Argv: d.Argv, Env: d.Env, Profile: profile, Open: open,
		UID: d.UID, EUID: d.UID, GID: d.UID, EGID: d.UID, Personality: bits, StackLimit: limit,
	}
	if req.File, err = open(d.Prog); err != nil {
		no, ok := loader.ErrnoOf(err)
		if !ok {
			return err
		}
		return &loader.Error{Errno: no, Path: d.Prog, Reason: "cannot be executed"}
	}
	if r.image, err = loader.Exec(req, &r.space, &event.Bus{}); err != nil {
		return err
	}
	r.space.List().SetLimits(area.Limits{
		AS: area.Unlimited, Data: area.Unlimited, Stack: limit, Memlock: memlock, MayLock: d.UID == 0,
		Segment: r.image.MM.EndData - r.image.MM.StartData,
	})
	r.program = r.image.Program.Path()
	c := newContent(d.File)
	r.files = map[string]*openFile{
		"F": {c, true, true}, "R": {c, true, false}, "W": {c, false, true},
	}
	return nil
}

// rows are the areas: "start-end perms offset name". The vsyscall page is left out.
func (r *run) rows() []string {
	rows := []string{}
	names := r.space.List().Names(r.image.Stack.SP)
	for _, a := range r.space.List().All() {
		share, offset := 'p', a.Offset
		if a.Flags&area.Shared != 0 {
			share = 's'
		}
		name := strings.Trim(names.Of(a), "[]")
		switch {
		case a.Object != nil:
			name = "shm"
		case a.File == nil:
			offset = 0
			if name == "" {
				name = "anon"
			}
		case a.File.Path() == r.program:
			name = "exe"
		}
		rows = append(rows, fmt.Sprintf("%x-%x %v%c %x %s",
			uint64(a.Start), uint64(a.End), a.Prot, share, offset, name))
	}
	return rows
}

// without are the rows of a that b lacks. Both are sorted by address and mostly alike.
func without(a, b []string) []string {
	var out []string
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	for _, row := range a {
		if !slices.Contains(b, row) {
			out = append(out, row)
		}
	}
	return out
}

// touch makes one access.
func (r *run) touch(step *Step, va addr.VAddr, access addr.Access, b byte) uint64 {
	got, why := r.space.Touch(va, access, b)
	fault := &Fault{Signal: "SIGSEGV", Addr: va.String()}
	switch why {
	case plain.Allowed:
		value := uint64(0)
		if access == addr.Read {
			value = uint64(got)
		}
		step.Ret = fmt.Sprintf("%#x", value)
		return value
	case plain.NonCanonical:
		fault.Code, fault.Addr = 0x80, "0x0" // SI_KERNEL
	case plain.NotMapped:
		fault.Code = 1 // SEGV_MAPERR
	case plain.Forbidden:
		fault.Code = 2 // SEGV_ACCERR
	case plain.Keyed:
		fault.Code = 4 // SEGV_PKUERR
	case plain.PastEOF:
		fault.Signal, fault.Code = "SIGBUS", 2 // BUS_ADRERR
	}
	step.Fault = fault
	return 0
}
