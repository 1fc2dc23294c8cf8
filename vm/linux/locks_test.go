package linux

import (
	"math/rand/v2"
	"testing"
)

// TestLocksAgainstBytes applies locks at random, and compares with a table that has an owner for each byte.
func TestLocksAgainstBytes(t *testing.T) {
	const size = 24
	type state struct{ readers, writer [3]bool }
	rnd := rand.New(rand.NewPCG(1, 2))
	var list []fileLock
	var bytes [size]state
	for step := range 20000 {
		who, start := rnd.IntN(3), rnd.Int64N(size)
		l := fileLock{
			owner: who, start: start, end: start + 1 + rnd.Int64N(size-start),
			write: rnd.IntN(2) == 0,
		}
		unlock := rnd.IntN(3) == 0
		free := true
		for i := l.start; i < l.end; i++ {
			for o := range 3 {
				if o != who && (bytes[i].writer[o] || l.write && bytes[i].readers[o]) {
					free = false
				}
			}
		}
		if got := conflict(list, l) == nil; got != free && !unlock {
			t.Fatalf("step %d: %+v in %+v: free %v, want %v", step, l, list, got, free)
		}
		if !free && !unlock {
			continue
		}
		list = apply(list, l, unlock)
		for i := l.start; i < l.end; i++ {
			bytes[i].readers[who], bytes[i].writer[who] = !unlock && !l.write, !unlock && l.write
		}
	}
}

// TestRecordLocks: a lock that is taken twice by one process stands in nobody's way, and closing any
// descriptor
// of the file drops it.
func TestRecordLocks(t *testing.T) {
	r := newRig(t, rigOptions{})
	open := func() uint64 {
		fd, e := r.call("open", r.str(bufAt, "/l"), 0o102, 0o600)
		if e != 0 {
			t.Fatal(e)
		}
		return fd
	}
	a, b := open(), open()
	record := func(kind uint64) uint64 {
		r.words(bufAt+0x100, kind, 0, 0, 0)
		return bufAt + 0x100
	}
	for i, step := range []struct {
		name string
		args []uint64
		want int
	}{
		{"fcntl", []uint64{a, fSetLk, record(1)}, 0},
		{"fcntl", []uint64{b, fSetLk, bufAt + 0x100}, 0},
		{"fcntl", []uint64{a, fOFDSetLk, bufAt + 0x100}, 11}, // an open file is another owner
		{"close", []uint64{b}, 0},
		{"fcntl", []uint64{a, fOFDSetLk, bufAt + 0x100}, 0},
		{"fcntl", []uint64{a, fSetLk, bufAt + 0x100}, 11},
		{"flock", []uint64{a, 2}, 0},
		{"flock", []uint64{a, 16}, 22},
	} {
		if _, e := r.call(step.name, step.args...); int(e) != step.want {
			t.Errorf("step %d, %s: %v, want %d", i, step.name, e, step.want)
		}
	}
	if _, e := r.call("close", a); e != 0 || len(r.k.locks.files) != 0 {
		t.Errorf("%v, %d files are still locked", e, len(r.k.locks.files))
	}
}
