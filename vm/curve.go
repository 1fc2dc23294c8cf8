package vm

// CurvePoint is a moment of a run: after a fault was resolved, or after a program was loaded.
type CurvePoint struct {
	Instructions uint64 `json:"instructions"` // retired
	Faults       uint64 `json:"faults"`       // resolved, this one included
	BytesRead    uint64 `json:"bytes_read"`   // from files
	Resident     int    `json:"resident"`     // frames in use
}

// curve keeps points of a run: each fault at first, and only every second, fourth, … when there are too many,
// so that a long run takes no more room than a short one.
type curve struct {
	points []CurvePoint
	stride uint64 // faults from one point to the next, a power of two; 0: nothing was noted yet
}

// maxCurve is how many points are kept.
const maxCurve = 512

// wants reports whether the point after so many faults is one of those that are kept.
func (c *curve) wants(faults uint64) bool { return c.stride <= 1 || faults%c.stride == 0 }

// note keeps a point.
func (c *curve) note(p CurvePoint) {
	c.stride = max(c.stride, 1)
	if len(c.points) == maxCurve {
		c.stride *= 2
		kept := c.points[:1]
		for i := 2; i < maxCurve; i += 2 {
			kept = append(kept, c.points[i])
		}
		c.points = kept
	}
	c.points = append(c.points, p)
}

// Curve is how many frames were in use as the run went on: a point when a program was loaded, one after each
// fault, of a long run after every second, fourth, … of them, and the last for now.
func (m *Machine) Curve() []CurvePoint {
	out := make([]CurvePoint, 0, len(m.curve.points)+1)
	out = append(out, m.curve.points...)
	if now := m.point(); len(out) == 0 || out[len(out)-1] != now {
		out = append(out, now)
	}
	return out
}

// point is the curve's point for now.
func (m *Machine) point() CurvePoint {
	b := m.Bill()
	return CurvePoint{
		Instructions: b.Instructions, Faults: b.Faults, BytesRead: b.BytesRead, Resident: b.Resident,
	}
}
