package loader_test

import (
	"errors"
	"slices"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
)

// FuzzLoad loads arbitrary bytes with arbitrary limits: no panic, an *Error or a consistent address space,
// and nothing touched by what is refused.
func FuzzLoad(f *testing.F) {
	_, cases := readBadCases(f)
	for i, c := range cases {
		if c.File != nil && c.File.Size <= 16384 {
			if n := badNode(f, c.File); int64(len(n.data)) <= n.size {
				f.Add(n.data, uint32(c.File.Size), uint32(i), uint64(8<<20), uint8(i))
			}
		}
	}
	interps := labDisk(f, "o_interp", "o_interp32", "t64_bss4", "o_pie_interp")
	f.Fuzz(func(t *testing.T, data []byte, extra, personality uint32, stack uint64, bits uint8) {
		req := &loader.Request{
			Path: "/x", File: &openFile{&node{data: data, size: int64(len(data)) + int64(extra)}, "/x"},
			Argv: slices.Repeat([]string{"argument"}, int(bits&7)), Env: slices.Repeat([]string{"A=b"},
				int(bits>>5)),
			Profile: loader.Linux618(), Personality: personality, StackLimit: stack,
			EUID: uint32(bits >> 3 & 1),
			Open: func(p string) (loader.File, error) { return interps.open("/", p, 0) },
		}
		if bits&16 != 0 {
			req.Profile = loader.Linux54()
		}
		s := &space{}
		res, err := loader.Exec(req, s, &event.Bus{})
		if err != nil {
			checkError(t, s, err)
			return
		}
		if err := s.List().Check(); err != nil {
			t.Error(err)
		}
		if res.Entry >= res.Layout.TaskSize || res.Stack.SP%16 != 0 || res.Stack.SP >= res.Stack.Top {
			t.Errorf("entry %v, sp %v, top %v", res.Entry, res.Stack.SP, res.Stack.Top)
		}
		if err := s.Read(res.Stack.SP, make([]byte, res.Stack.AuxEnd-res.Stack.SP)); err != nil {
			t.Errorf("the stack at %v cannot be read", res.Stack.SP)
		}
	})
}

func checkError(t *testing.T, s *space, err error) {
	t.Helper()
	var e *loader.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if !e.Fatal && s.Space != nil {
		t.Errorf("%v, but the address space has been touched", err)
	}
}
