package policytest

import (
	"testing"

	"memlab/paging/addr"
	"memlab/paging/policy"
)

// stubborn always names the same frame.
type stubborn struct{ victim addr.Frame }

func (s stubborn) Name() string          { return "stubborn" }
func (s stubborn) Need() policy.Need     { return policy.NeedNothing }
func (s stubborn) Loaded(addr.Frame)     {}
func (s stubborn) Freed(addr.Frame)      {}
func (s stubborn) Holds(addr.Frame) bool { return true }
func (s stubborn) Victim() addr.Frame    { return s.victim }

// TestDriverFindsBreaches checks that a policy that breaks the contract is found out.
func TestDriverFindsBreaches(t *testing.T) {
	for _, c := range []struct {
		victim addr.Frame
		ok     bool
	}{{0, true}, {1, false}, {2, false}, {addr.NoFrame, false}} {
		d := NewDriver(NewTable(2), stubborn{c.victim})
		d.Pinned[1] = true
		for page := range 2 {
			if _, err := d.Reference(page, false); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.Reference(2, false); (err == nil) != c.ok {
			t.Errorf("victim %d: %v", c.victim, err)
		}
	}
}

func TestOptimalFaults(t *testing.T) {
	refs := []int{7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1}
	if got := optimalFaults(refs, 3); got != 9 { // Silberschatz
		t.Errorf("%d faults, want 9", got)
	}
}
