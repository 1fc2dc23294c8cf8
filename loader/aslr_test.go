package loader_test

import (
	"math/rand/v2"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
)

// span is the range in which a place must lie, end included.
type span struct{ lo, hi uint64 }

func (s span) check(t *testing.T, what string, got, align uint64) {
	t.Helper()
	if got < s.lo || got > s.hi || got%align != 0 {
		t.Errorf("%s: %#x, must be a multiple of %#x from %#x to %#x", what, got, align, s.lo, s.hi)
	}
}

func loadRandom(t *testing.T, prof *loader.Profile, name string, seed uint64) (*space, *loader.Result) {
	t.Helper()
	req := labRequest(t, labDisk(t, name, "o_interp", "o_interp32"), name)
	req.Profile = prof
	r := rand.New(rand.NewPCG(seed, 1))
	req.Rand = r.Uint64
	s := &space{}
	res, err := loader.Exec(req, s, &event.Bus{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.List().Check(); err != nil {
		t.Fatal(err)
	}
	return s, res
}

// TestRandomLayouts asserts the ranges of arch/x86 over many seeds, and that a seed repeats its layout.
func TestRandomLayouts(t *testing.T) {
	const (
		gib     = 1 << 30
		mmap64  = (1<<28 - 1) * 4096
		mmap32  = (1<<8 - 1) * 4096
		stack64 = 0x3fffff*4096 + 8192 // and the jitter
		stack32 = 0x7ff*4096 + 8192
		gap64   = 0x7ffffffff000 - (8<<20 + 1<<20 + 0x3fffff*4096) // 8 MiB of stack, guard gap, room for its move
		pie64   = 0x555555554000
	)
	for _, prof := range []*loader.Profile{loader.Linux618(), loader.Linux54()} {
		old := prof.Name == "linux-5.4"
		heap64, gap := uint64(gib), uint64(4096)
		if old {
			heap64, gap = 32<<20, 0
		}
		mmap64Base := span{gap64 - mmap64, gap64}
		places := map[uint64]bool{}
		for seed := range uint64(300) {
			_, res := loadRandom(t, prof, "o_pie_interp", seed)
			span{pie64, pie64 + mmap64}.check(t, "base of a PIE", res.LoadBias, 4096)
			span{0x7ffffffff000 - stack64, 0x7ffffffff000}.check(t, "stack", uint64(res.Stack.Top), 4096)
			mmap64Base.check(t, "mmap base", uint64(res.Layout.MmapBase), 4096)
			brk := res.LoadBias + 0x4000 + gap // o_pie_interp ends at 0x3800
			span{brk, brk + heap64 - 4096}.check(t, "heap", res.MM.StartBrk, 4096)
			strings := res.MM.ArgStart
			span{strings - 8192 - 600, strings}.check(t, "stack pointer", uint64(res.Stack.SP), 16)
			vdso := mmap64Base
			if old { // between the strings and the next 2 MiB boundary behind the top
				vdso = span{uint64(res.Stack.Top), uint64(res.Stack.Top) + 4<<20}
			}
			if old && res.Vdso < res.Stack.Top { // no room above the stack
				vdso = mmap64Base
			}
			span{vdso.lo - 1<<20, vdso.hi}.check(t, "vdso", uint64(res.Vdso), 4096)
			places[res.LoadBias] = true

			_, res = loadRandom(t, prof, "o_spie", seed)
			span{mmap64Base.lo - 1<<20, mmap64Base.hi}.check(t, "static PIE", res.LoadBias, 4096)
			span{pie64 + 4096, pie64 + heap64}.check(t, "its heap", res.MM.StartBrk, 4096)

			_, res = loadRandom(t, prof, "t32_bss4", seed)
			span{0xffffe000 - stack32, 0xffffe000}.check(t, "i386 stack", uint64(res.Stack.Top), 4096)
			span{0xf7ffe000 - mmap32, 0xf7ffe000}.check(t, "i386 mmap base", uint64(res.Layout.MmapBase), 4096)
			span{0x804c000 + gap, 0x804c000 + gap + 32<<20 - 4096}.check(t, "i386 heap", res.MM.StartBrk, 4096)
		}
		if len(places) < 300 {
			t.Errorf("%s: 300 seeds gave only %d places", prof.Name, len(places))
		}
		for seed := range uint64(3) {
			s1, r1 := loadRandom(t, prof, "o_pie_interp", seed)
			s2, r2 := loadRandom(t, prof, "o_pie_interp", seed)
			if r1.Stack.SP != r2.Stack.SP || len(s1.List().All()) != len(s2.List().All()) {
				t.Errorf("%s: seed %d does not repeat", prof.Name, seed)
			}
			for i, a := range s1.List().All() {
				if b := s2.List().All()[i]; a.Start != b.Start || a.End != b.End {
					t.Errorf("%s: seed %d: area %d is %v-%v and then %v-%v", prof.Name, seed, i, a.Start, a.End,
						b.Start, b.End)
				}
			}
		}
	}
}

// TestNoRandomize: the caller's personality keeps everything in its place.
func TestNoRandomize(t *testing.T) {
	req := labRequest(t, labDisk(t, "o_spie"), "o_spie")
	req.Rand = func() uint64 { t.Error("a random number was asked for"); return 0 }
	req.Personality = loader.AddrNoRandomize
	res, err := loader.Exec(req, &space{}, &event.Bus{})
	if err != nil || res.LoadBias != 0x7ffff7ffb000 {
		t.Errorf("bias %#x, error %v", res.LoadBias, err)
	}
}
