package script

import (
	"io"
	"io/fs"

	"memlab/lab"
)

// Options say what to run and with what.
type Options struct {
	Name   string     // of the scenario, as messages show it
	Source []byte     // Lua
	Config lab.Config // machines begin with Machine; Limits bound the script

	// Resolve turns a path of the scenario into what a guest sees: its root, and the path in it. It decides
	// what a scenario may open. nil: nothing can be loaded.
	Resolve func(path string) (guestPath string, root fs.FS, err error)

	Cwd string // where programs start, as the guest names it, unless m:load says otherwise; "": /

	Stdout, Stderr io.Writer   // nil: discarded
	Expired        func() bool // whether Limits.Time is over; nil: it never is
	Verify         bool        // machines check themselves after every fault
}

// Run runs a scenario and its tests. The report is there also when an error is, with what was done until
// then. An error is an *Error or a *LimitError; a test that fails is not one, Report.Passed tells.
func Run(o Options) (*Report, error) {
	s := newState(o)
	defer s.close()
	s.ended = s.runAll()
	return s.report(), s.ended
}

// close gives back what the script holds of the host.
func (s *state) close() {
	for _, m := range s.machines {
		m.vm.Close()
	}
	s.L.Close()
}

func (s *state) runAll() error {
	fn, err := s.load(string(s.opt.Source), s.opt.Name)
	if err != nil {
		return s.ending(err)
	}
	if _, lerr := s.protect(fn); lerr != nil {
		if lerr.failure != nil {
			s.suite.outside = lerr.failure
		}
		return s.ending(lerr)
	}
	return s.runTests()
}
