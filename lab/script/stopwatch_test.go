package script

import (
	"io"
	"strings"
	"time"
)

// stopwatch measures the host's time between the lines "start" and "stop" that a script prints.
type stopwatch struct {
	w    io.Writer
	from time.Duration
	took time.Duration
}

func (s *stopwatch) Write(b []byte) (int, error) {
	switch strings.TrimSpace(string(b)) {
	case "start":
		s.from = cpuTime()
	case "stop":
		s.took = cpuTime() - s.from
	}
	return s.w.Write(b)
}
