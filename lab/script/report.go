package script

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"memlab/vm"
)

// ReportSchema names the JSON form of Report.
const ReportSchema = "memlab.report/v1"

// Status is how a test went.
type Status string

// The outcomes. A failed test met a wrong assertion, an errored one raised something else.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Pending Status = "pending"
	Errored Status = "error"
)

// Report is what a scenario found.
type Report struct {
	Schema   string          `json:"schema"`
	Scenario string          `json:"scenario"`
	Passed   bool            `json:"passed"` // no test failed or raised, and the scenario itself ended well
	Tests    []TestResult    `json:"tests"`
	Points   float64         `json:"points"` // that could be had
	Earned   float64         `json:"earned"`
	Failure  *TestResult     `json:"failure,omitempty"` // of an assertion outside of any test
	Error    string          `json:"error,omitempty"`   // what ended the scenario early
	Machines []MachineReport `json:"machines"`
}

// TestResult is one test. Hidden says that a student should see no more than name and points.
type TestResult struct {
	Name      []string `json:"name"` // the groups around it and its own
	Status    Status   `json:"status"`
	Points    float64  `json:"points"`
	Earned    float64  `json:"earned"`
	Hidden    bool     `json:"hidden,omitempty"`
	Line      int      `json:"line"` // of the failure, or of the test
	Message   string   `json:"message,omitempty"`
	Expected  string   `json:"expected,omitempty"`
	Actual    string   `json:"actual,omitempty"`
	Traceback string   `json:"traceback,omitempty"`
	PC        uint64   `json:"pc,omitempty"` // of the guest, when a hook or the machine failed
	Symbol    string   `json:"symbol,omitempty"`
	Doing     []string `json:"doing,omitempty"` // what the machine was doing
}

// MachineReport is one machine's configuration and bill.
type MachineReport struct {
	Config vm.Config `json:"config"`
	Stats  vm.Stats  `json:"stats"`
}

// report makes the Report of what has run so far.
func (s *state) report() *Report {
	r := &Report{
		Schema: ReportSchema, Scenario: s.opt.Name, Passed: true, Tests: []TestResult{},
		Machines: []MachineReport{},
	}
	for _, t := range s.suite.tests {
		res := t.result
		if res.Status == "" { // a limit came first
			res = TestResult{
				Name: t.path(), Status: Errored, Points: t.points, Hidden: t.hidden,
				Line: t.line, Message: "not run",
			}
		}
		r.Points += res.Points
		r.Earned += res.Earned
		r.Passed = r.Passed && (res.Status == Passed || res.Status == Pending)
		r.Tests = append(r.Tests, res)
	}
	if f := s.suite.outside; f != nil {
		r.Failure = &TestResult{
			Name: []string{s.opt.Name}, Status: Failed, Line: f.Line, Message: f.Message,
			Expected: f.Expected, Actual: f.Actual, Doing: f.doing,
		}
	}
	for _, m := range s.machines {
		r.Machines = append(r.Machines, MachineReport{m.vm.Config(), m.vm.Stats()})
	}
	if s.ended != nil {
		r.Passed, r.Error = false, s.ended.Error()
	}
	return r
}

// WriteJSON writes the report as one indented JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// shownMachines is how many machines' bills the text for people has.
const shownMachines = 5

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	counts := map[Status]int{}
	for i := range r.Tests {
		t := &r.Tests[i]
		counts[t.Status]++
		r.writeTest(&b, t)
	}
	if r.Failure != nil {
		r.writeTest(&b, r.Failure)
	}
	for i, m := range r.Machines[:min(len(r.Machines), shownMachines)] {
		writeMachine(&b, i+1, m)
	}
	if more := len(r.Machines) - shownMachines; more > 0 {
		fmt.Fprintf(&b, "and %d more machines (--format json has them all)\n", more)
	}
	if len(r.Tests) > 0 {
		fmt.Fprintf(&b, "%d passed, %d failed, %d errors, %d pending",
			counts[Passed], counts[Failed], counts[Errored], counts[Pending])
		if r.Points > 0 {
			fmt.Fprintf(&b, "; %g of %g points", r.Earned, r.Points)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeTest writes one test: a line, and below it why it did not pass.
func (r *Report) writeTest(b *strings.Builder, t *TestResult) {
	mark := map[Status]string{Passed: "ok", Failed: "FAIL", Errored: "ERROR", Pending: "pending"}[t.Status]
	fmt.Fprintf(b, "%-7s %s", mark, printable(strings.Join(t.Name, " › ")))
	if t.Points > 0 {
		fmt.Fprintf(b, " (%g/%g)", t.Earned, t.Points)
	}
	b.WriteByte('\n')
	if t.Status == Passed || t.Status == Pending && t.Message == "" {
		return
	}
	fmt.Fprintf(b, "        %s:%d: %s\n", r.Scenario, t.Line, indent(t.Message))
	if t.Expected != "" || t.Actual != "" {
		fmt.Fprintf(b, "        expected: %s\n        actual:   %s\n", indent(t.Expected), indent(t.Actual))
	}
	if t.PC != 0 {
		fmt.Fprintf(b, "        guest at %#x %s\n", t.PC, t.Symbol)
	}
	if t.Status == Errored && t.Traceback != "" {
		fmt.Fprintf(b, "        %s\n", indent(t.Traceback))
	}
	for _, line := range t.Doing {
		fmt.Fprintf(b, "        %s\n", indent(line))
	}
}

// indent keeps further lines of a text below its first.
func indent(text string) string {
	return strings.ReplaceAll(strings.TrimRight(printable(text), "\n"), "\n", "\n        ")
}

func writeMachine(b *strings.Builder, n int, m MachineReport) {
	st := m.Stats
	fmt.Fprintf(b,
		"machine %d: %d frames of %d bytes, %s: %d instructions, %d faults (%d major, %d minor), %d "+
			"evictions, peak %d frames\n",
		n, m.Config.Memory.Frames, m.Config.Memory.PageSize, m.Config.Replacement.Policy, st.Instructions,
		st.Faults.Total, st.Faults.Major, st.Faults.Minor, st.Evictions, st.Frames.Peak)
}
