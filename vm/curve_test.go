package vm

import "testing"

// TestCurveIsBounded: of a long run points at even distances are kept, the first and the latest among them.
func TestCurveIsBounded(t *testing.T) {
	var c curve
	c.note(CurvePoint{})
	for i := uint64(1); i <= 100_000; i++ {
		if c.wants(i) {
			c.note(CurvePoint{Faults: i, Resident: int(i)})
		}
		if len(c.points) > maxCurve {
			t.Fatalf("%d points after %d faults", len(c.points), i)
		}
	}
	if len(c.points) < maxCurve/2 || c.points[0].Faults != 0 || c.stride != 256 {
		t.Errorf("%d points from %+v on, every %d", len(c.points), c.points[0], c.stride)
	}
	for i := 1; i < len(c.points); i++ {
		if gap := c.points[i].Faults - c.points[i-1].Faults; gap == 0 || gap > c.stride {
			t.Errorf("point %d comes %d faults after the last", i, gap)
		}
	}
	if last := c.points[len(c.points)-1].Faults; last < 100_000-c.stride {
		t.Errorf("the last point is of fault %d", last)
	}
}
