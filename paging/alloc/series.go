package alloc

// Point is the fragmentation at one time.
type Point struct {
	Time uint64 `json:"time"` // as the recorder counts it: operations, instructions
	Report
}

// Series is fragmentation over time. It keeps at most so many points that a long run costs no more than a
// short one: when it is full every other point goes, and from then on only every other is taken, so that
// the points are always as far from one another.
type Series struct {
	max   int
	every uint64
	seen  uint64
	all   []Point
}

// NewSeries makes a series of at most limit points, at least 2.
func NewSeries(limit int) *Series { return &Series{max: max(limit, 2), every: 1} }

// Add records a point if it is one of those to be kept; report is asked for only then.
func (s *Series) Add(time uint64, report func() Report) {
	s.seen++
	if (s.seen-1)%s.every != 0 {
		return
	}
	if len(s.all) == s.max {
		kept := s.all[:0]
		for i := 0; i < len(s.all); i += 2 {
			kept = append(kept, s.all[i])
		}
		s.all = kept
		s.every *= 2
		if (s.seen-1)%s.every != 0 {
			return
		}
	}
	s.all = append(s.all, Point{time, report()})
}

// Points are what has been kept, oldest first.
func (s *Series) Points() []Point { return s.all }
