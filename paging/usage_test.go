package paging

import (
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// TestUsage draws what /proc says of four pages: written, read, untouched, and shared with a child.
func TestUsage(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 8, SwapPages: 8, Policy: "fifo"})
	at := mustMap(t, s, area.Request{Len: 4 * 4096, Prot: 3, Flags: private})
	s.Write(at, []byte{1})
	s.Read(at+4096, make([]byte, 1))
	c, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	s.Write(at+8192, []byte{1})
	ar := s.Areas()[0]
	got := s.Usage(ar)
	got.pss = 0
	want := Usage{
		Size: 4 * 4096, Rss: 3 * 4096, Pss: 2 * 4096, SharedClean: 4096, SharedDirty: 4096, PrivateDirty: 4096,
		Referenced: 3 * 4096, Anonymous: 3 * 4096, LazyFree: 4096,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	size := addr.PageSize(4096)
	if w := s.Mapping(at).Word(size); w != 1<<63|uint64(s.Mapping(at).Frame) {
		t.Errorf("a shared page's word is %#x", w)
	}
	if w := s.Mapping(at + 8192).Word(size); w != 1<<63|1<<56|uint64(s.Mapping(at+8192).Frame) {
		t.Errorf("an own page's word is %#x", w)
	}
	if w := s.Mapping(at + 3*4096); w.Word(size) != 0 || s.Resident(at+3*4096) || !s.Resident(at) {
		t.Errorf("an untouched page: %+v", w)
	}
	st := s.Statm()
	if st.Size != 4*4096 || st.Resident != 3*4096 || st.Anon != 3*4096 || st.Data != 4*4096 || st.Peak != 3*4096 {
		t.Errorf("%+v", st)
	}
	if f := s.Faults(); f != (FaultCounts{Minor: 3}) || c.Faults() != (FaultCounts{}) || p.Stats.Faults != 3 {
		t.Errorf("%+v, child %+v", f, c.Faults())
	}
}
