package area

import "testing"

// TestLow: mmap by an i386 call of an x86-64 process goes where it would in an i386 process; others do not.
func TestLow(t *testing.T) {
	long, short := NewList(Linux618(8<<20), nil), NewList(Linux618i386(8<<20, false), nil)
	r := Request{Len: 3 * 4096, Flags: MapPrivate | MapAnonymous, Low: true}
	for range 3 {
		a, err := long.Map(r)
		b, err2 := short.Map(r)
		if a != b || err != nil || err2 != nil || a>>32 != 0 {
			t.Errorf("%v %v, in an i386 process %v %v", a, err, b, err2)
		}
	}
	r.Low = false
	if a, err := long.Map(r); a>>32 == 0 || err != nil {
		t.Errorf("%v %v", a, err)
	}
	if long.Layout().TaskSize != taskSize64 {
		t.Errorf("the layout has changed: %+v", long.Layout())
	}
}
