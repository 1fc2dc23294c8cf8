package addr

import "testing"

func TestProt(t *testing.T) {
	for _, c := range []struct {
		p       Prot
		text    string
		r, w, x bool
	}{
		{0, "---", false, false, false},
		{ProtRead, "r--", true, false, false},
		{ProtWrite, "-w-", true, true, false},
		{ProtExec, "--x", true, false, true},
		{ProtRead | ProtExec, "r-x", true, false, true},
		{ProtRead | ProtWrite | ProtExec, "rwx", true, true, true},
	} {
		if c.p.String() != c.text || c.p.Allows(Read) != c.r || c.p.Allows(Write) != c.w || c.p.Allows(Fetch) != c.x {
			t.Errorf("%d: %s r %v w %v x %v, want %+v", c.p, c.p, c.p.Allows(Read), c.p.Allows(Write), c.p.Allows(Fetch), c)
		}
	}
}

func TestPageSize(t *testing.T) {
	for _, s := range []PageSize{0, 1, 32, 63, 96, 4095, 4 << 20} {
		if s.Valid() {
			t.Errorf("%d is a valid page size", s)
		}
	}
	for shift := uint(6); shift <= 21; shift++ {
		s := PageSize(1) << shift
		va := VAddr(0x7fff_1234_5678)
		if !s.Valid() || s.Shift() != shift || s.Base(s.PageOf(va))+VAddr(s.Offset(va)) != va || s.Offset(va) >= uint64(s) {
			t.Errorf("page size %d takes %s apart as page %#x, offset %#x", s, va, s.PageOf(va), s.Offset(va))
		}
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct{ in, down, up VAddr }{
		{0, 0, 0}, {1, 0, 4096}, {4095, 0, 4096}, {4096, 4096, 4096}, {4097, 4096, 8192}, {^VAddr(0), ^VAddr(4095), 0},
	} {
		if c.in.ABIDown() != c.down || c.in.ABIUp() != c.up {
			t.Errorf("%s: down %s up %s, want %+v", c.in, c.in.ABIDown(), c.in.ABIUp(), c)
		}
	}
}
