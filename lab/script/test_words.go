package script

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// suite is the tests that a scenario defines. describe runs its function at once and collects; the tests run
// in the order of their definition when the whole scenario has been read.
type suite struct {
	groups  []*group // open describes, outermost first; groups[0] is the file
	tests   []*test
	outside *failure // of an assertion outside of any test
	running *test
}

// group is a describe.
type group struct {
	name                           string
	parent                         *group
	setup, teardown, before, after []*lua.LFunction
	remaining                      int // tests of it, with its inner groups, that have not run
	started                        bool
	broken                         *Error // of setup
}

// test is an it.
type test struct {
	name   string
	group  *group
	line   int
	fn     *lua.LFunction // nil: pending
	points float64
	hidden bool
	needs  []string
	result TestResult
}

func (s *state) testFunctions() []Function {
	f := func(name, sig, doc, example string, call lua.LGFunction) Function {
		return Function{Name: name, Signature: sig, Doc: doc, Example: example, call: call}
	}
	return []Function{
		f("describe", "describe(name, function)", "A group of tests; groups nest.",
			`describe("demand paging", function() assert.is_true(true) end)`, s.describe),
		f("it", "it(name, [{points=, hidden=, requires=},] function)",
			"A test. It fails when its function raises. requires names tests that must have passed before.",
			`it("faults once", {points = 2}, function() assert.is_true(true) end)`, s.it),
		f("pending", "pending(name [, function])",
			"A test that is not run. Inside a test: ends it as pending.", `pending("swap")`, s.pending),
		f("before_each", "before_each(function)",
			"Runs before each test of the group and its inner groups, outer ones first.", "",
			s.fixture("before_each")),
		f("after_each", "after_each(function)",
			"Runs after each test, inner ones first, also after a failed one.", "", s.fixture("after_each")),
		f("setup", "setup(function)", "Runs once, before the group's first test.", "", s.fixture("setup")),
		f("teardown", "teardown(function)", "Runs once, after the group's last test.", "",
			s.fixture("teardown")),
	}
}

// maxTests bounds what a scenario can define.
const maxTests = 10000

func (s *state) group() *group {
	su := &s.suite
	if len(su.groups) == 0 {
		su.groups = []*group{{}}
	}
	return su.groups[len(su.groups)-1]
}

// defining refuses definitions inside a running test.
func (s *state) defining(ls *lua.LState, word string) {
	if s.suite.running != nil {
		ls.RaiseError("%s cannot be used inside a test", word)
	}
}

func (s *state) describe(ls *lua.LState) int {
	s.defining(ls, "describe")
	name, fn := s.str(ls, 1), ls.CheckFunction(2)
	g := &group{name: name, parent: s.group()}
	if len(s.suite.groups) > maxNesting {
		ls.RaiseError("describe is nested deeper than %d", maxNesting)
	}
	s.suite.groups = append(s.suite.groups, g)
	ls.Push(fn)
	ls.Call(0, 0)
	s.suite.groups = s.suite.groups[:len(s.suite.groups)-1]
	return 0
}

func (s *state) it(ls *lua.LState) int {
	s.defining(ls, "it")
	t := &test{name: s.str(ls, 1), group: s.group(), line: s.line(ls)}
	last := 2
	if ls.GetTop() >= 3 {
		last = 3
	}
	t.fn = ls.CheckFunction(last)
	if last == 3 {
		o := optionsOf(ls, 2, "it")
		if p := o.get("points"); p != lua.LNil {
			n, ok := p.(lua.LNumber)
			if !ok || !(n >= 0) || n > 1e9 {
				ls.RaiseError("it: points must be a number from 0 on")
			}
			t.points = float64(n)
		}
		t.hidden = o.boolean("hidden")
		if one, isText := o.get("requires").(lua.LString); isText {
			t.needs = []string{string(one)}
		} else {
			t.needs = o.texts("requires", false)
		}
		o.done()
	}
	s.define(ls, t)
	return 0
}

func (s *state) define(ls *lua.LState, t *test) {
	if len(s.suite.tests) >= maxTests {
		s.limit(ls, "tests", itoa(maxTests+1), itoa(maxTests))
	}
	s.suite.tests = append(s.suite.tests, t)
	for g := t.group; g != nil; g = g.parent {
		g.remaining++
	}
}

// pendingMark is what pending() raises inside a test.
type pendingMark struct{ why string }

// String is its text if a script catches it.
func (p *pendingMark) String() string { return "pending: " + p.why }

func (s *state) pending(ls *lua.LState) int {
	name := ls.OptString(1, "")
	if s.suite.running != nil {
		ls.Error(s.object(&pendingMark{name}, s.types.failure), 0)
	}
	s.define(ls, &test{name: name, group: s.group(), line: s.line(ls)})
	return 0
}

func (s *state) fixture(word string) lua.LGFunction {
	return func(ls *lua.LState) int {
		s.defining(ls, word)
		g, fn := s.group(), ls.CheckFunction(1)
		switch word {
		case "before_each":
			g.before = append(g.before, fn)
		case "after_each":
			g.after = append(g.after, fn)
		case "setup":
			g.setup = append(g.setup, fn)
		default:
			g.teardown = append(g.teardown, fn)
		}
		return 0
	}
}

// path are the names of the groups around a test and its own.
func (t *test) path() []string {
	var names []string
	for g := t.group; g != nil && g.parent != nil; g = g.parent {
		names = append([]string{g.name}, names...)
	}
	return append(names, t.name)
}

// groups are those around a test, outermost first.
func (t *test) groups() []*group {
	var list []*group
	for g := t.group; g != nil; g = g.parent {
		list = append([]*group{g}, list...)
	}
	return list
}

// runTests runs every test. Only a limit ends it early.
func (s *state) runTests() error {
	for _, t := range s.suite.tests {
		s.runTest(t)
		if s.budget.spent != nil {
			return s.budget.spent
		}
	}
	return nil
}

func (s *state) runTest(t *test) {
	t.result = TestResult{Name: t.path(), Points: t.points, Hidden: t.hidden, Line: t.line, Status: Passed}
	s.suite.running = t
	defer func() { s.suite.running = nil }()
	switch missing := s.unmet(t); {
	case t.fn == nil:
		t.result.Status = Pending
	case missing != "":
		t.result.Status = Failed
		t.result.Message = fmt.Sprintf("requires %q, which has not passed", missing)
	default:
		s.runBody(t)
	}
	s.finishGroups(t)
	if t.result.Status == Passed {
		t.result.Earned = t.points
	}
}

// unmet is a required test that has not passed; "": none.
func (s *state) unmet(t *test) string {
	for _, need := range t.needs {
		met := false
		for _, other := range s.suite.tests {
			if other != t && (other.name == need || strings.Join(other.path(), " ") == need) {
				met = met || other.result.Status == Passed
			}
		}
		if !met {
			return need
		}
	}
	return ""
}

// runBody runs the fixtures and the test itself.
func (s *state) runBody(t *test) {
	groups := t.groups()
	for _, g := range groups {
		if !g.started {
			g.started = true
			g.broken = s.callAll(g.setup)
		}
		if g.broken != nil {
			s.fail(t, "setup", g.broken)
			return
		}
	}
	var err *Error
	what := "before_each"
	for _, g := range groups {
		if err = s.callAll(g.before); err != nil {
			break
		}
	}
	if err == nil {
		what = ""
		_, err = s.protect(t.fn)
	}
	if err != nil {
		s.fail(t, what, err)
	}
	for _, g := range slices.Backward(groups) {
		if e := s.callAll(g.after); e != nil && err == nil {
			err = e
			s.fail(t, "after_each", e)
		}
	}
}

// finishGroups runs the teardowns of groups whose last test this was.
func (s *state) finishGroups(t *test) {
	for g := t.group; g != nil; g = g.parent {
		g.remaining--
		if g.remaining > 0 || !g.started || g.broken != nil {
			continue
		}
		if err := s.callAll(g.teardown); err != nil && t.result.Status == Passed {
			s.fail(t, "teardown", err)
		}
	}
}

func (s *state) callAll(list []*lua.LFunction) *Error {
	for _, fn := range list {
		if _, err := s.protect(fn); err != nil {
			return err
		}
	}
	return nil
}

// fail notes why a test did not pass. what names the fixture that failed.
func (s *state) fail(t *test, what string, err *Error) {
	if ud, ok := err.value.(*lua.LUserData); ok {
		if p, isPending := ud.Value.(*pendingMark); isPending {
			t.result.Status, t.result.Message = Pending, clip(p.why)
			return
		}
	}
	r := &t.result
	r.Status, r.Message, r.Traceback, r.Doing = Errored, err.Message, err.Traceback, s.doing()
	r.PC, r.Symbol = err.PC, err.Symbol
	if err.Line > 0 {
		r.Line = err.Line
	}
	if f := err.failure; f != nil {
		r.Status, r.Expected, r.Actual, r.Doing = Failed, f.Expected, f.Actual, f.doing
	}
	if what != "" {
		r.Message = what + ": " + r.Message
	}
}

// doing says what the machine that was made last was doing.
func (s *state) doing() []string {
	if n := len(s.machines); n > 0 {
		return s.machines[n-1].doing()
	}
	return nil
}
