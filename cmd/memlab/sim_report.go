package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	traces "memlab/paging/sim/trace"
)

// simEvent is a reference that faulted, or one at which a page was evicted.
type simEvent struct {
	T       uint64   `json:"t"`
	Fault   bool     `json:"fault"`
	Page    *pageID  `json:"page,omitempty"` // that was brought in
	Evicted []pageID `json:"evicted,omitempty"`
}

// pageID is a page as the trace names it.
type pageID struct {
	Page  uint64 `json:"page"`
	Space int32  `json:"space,omitempty"`
}

// String is 7, or 3:7 for a page of address space 3.
func (p pageID) String() string {
	if p.Space != 0 {
		return fmt.Sprintf("%d:%d", p.Space, p.Page)
	}
	return strconv.FormatUint(p.Page, 10)
}

// logged is one event with numbers in place of names.
type logged struct {
	t       uint64
	page    uint32
	faulted bool
}

// eventLog keeps faults and evictions in their order.
type eventLog struct{ all []logged }

// Faulted implements sim.Observer.
func (l *eventLog) Faulted(t uint64, page uint32) { l.all = append(l.all, logged{t, page, true}) }

// Evicted implements sim.Observer.
func (l *eventLog) Evicted(t uint64, page uint32) { l.all = append(l.all, logged{t, page, false}) }

// simReport is what came of a sweep.
type simReport struct {
	jobs     []traces.Job
	outcomes []traces.Outcome
	logs     []*eventLog // nil entries: no events
	pager    *traces.Pager
}

// simRow is one simulation as JSON has it.
type simRow struct {
	Policy     string         `json:"policy"`
	Params     map[string]int `json:"params,omitempty"`
	Frames     int            `json:"frames,omitempty"` // none of a policy without a number of frames
	References uint64         `json:"references"`
	Pages      int            `json:"pages"` // different ones
	Hits       uint64         `json:"hits"`
	Faults     uint64         `json:"faults"`            // cold ones included
	Cold       uint64         `json:"cold_faults"`       // first references
	AfterFill  uint64         `json:"faults_after_fill"` // less one for each frame that was filled
	Evictions  uint64         `json:"evictions"`
	WriteBacks uint64         `json:"write_backs"`
	Drops      uint64         `json:"drops,omitempty"` // pages that the trace says are gone
	Resident   []pageID       `json:"resident"`
	Events     []simEvent     `json:"events,omitempty"`
}

func (r *simReport) row(i int) simRow {
	j, o := r.jobs[i], r.outcomes[i]
	pages := uint64(r.pager.Pages())
	row := simRow{
		Policy: j.Policy, Params: j.Params, Frames: j.Frames, References: o.Refs, Pages: r.pager.Pages(),
		Hits: o.Hits, Faults: o.Faults, Cold: pages, AfterFill: o.Faults - min(o.Faults, pages),
		Evictions: o.Evictions, WriteBacks: o.WriteBacks, Drops: o.Drops, Resident: []pageID{},
	}
	if j.Frames > 0 {
		row.AfterFill = o.Faults - min(o.Faults, pages, uint64(j.Frames))
	}
	for _, n := range o.Resident {
		row.Resident = append(row.Resident, r.id(n))
	}
	slices.SortFunc(row.Resident, func(a, b pageID) int {
		if a.Space != b.Space {
			return int(a.Space) - int(b.Space)
		}
		if a.Page < b.Page {
			return -1
		}
		return 1
	})
	if r.logs[i] != nil {
		row.Events = r.events(r.logs[i])
	}
	return row
}

func (r *simReport) id(n uint32) pageID {
	page, space := r.pager.Name(n)
	return pageID{page, space}
}

// events puts what happened at one reference together.
func (r *simReport) events(l *eventLog) []simEvent {
	var all []simEvent
	for _, e := range l.all {
		if len(all) == 0 || all[len(all)-1].T != e.t {
			all = append(all, simEvent{T: e.t})
		}
		last, page := &all[len(all)-1], r.id(e.page)
		if e.faulted {
			last.Fault, last.Page = true, &page
		} else {
			last.Evicted = append(last.Evicted, page)
		}
	}
	return all
}

func (r *simReport) json() string {
	rows := make([]simRow, len(r.jobs))
	for i := range r.jobs {
		rows[i] = r.row(i)
	}
	return toJSON(struct {
		Schema      string   `json:"schema"`
		Simulations []simRow `json:"simulations"`
	}{"memlab.sim/v1", rows})
}

func (r *simReport) csv() string {
	var b strings.Builder
	b.WriteString("policy,frames,references,pages,hits,faults,cold_faults,faults_after_fill,evictions," +
		"write_backs\n")
	for i := range r.jobs {
		s := r.row(i)
		fmt.Fprintf(&b, "%s,%s,%d,%d,%d,%d,%d,%d,%d,%d\n", s.Policy, framesText(s.Frames, ""),
			s.References, s.Pages, s.Hits, s.Faults, s.Cold, s.AfterFill, s.Evictions, s.WriteBacks)
	}
	return b.String()
}

func framesText(n int, none string) string {
	if n == 0 {
		return none
	}
	return strconv.Itoa(n)
}

// mostColumns is the longest string that is shown as a table with a column for each reference.
const mostColumns = 50

func (r *simReport) text(refs []uint64) string {
	var b strings.Builder
	for i, l := range r.logs {
		switch {
		case l == nil:
		case refs != nil && len(refs) <= mostColumns:
			b.WriteString(r.textbook(i, refs))
		default:
			b.WriteString(r.eventText(i))
		}
	}
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "policy\tframes\treferences\thits\tfaults\tafter fill\tevictions\twrite-backs\t"+
		"fault rate\t")
	for i := range r.jobs {
		s := r.row(i)
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t\n", s.Policy, framesText(s.Frames, "any"),
			s.References, s.Hits, s.Faults, s.AfterFill, s.Evictions, s.WriteBacks,
			rate(s.Faults, s.References))
	}
	_ = w.Flush() // into memory
	fmt.Fprintf(&b, "%d different pages: so many of the faults are first references; "+
		"after fill: without those that fill the frames\n", r.pager.Pages())
	return b.String()
}

// title is what a simulation is called.
func (r *simReport) title(i int) string {
	if n := r.jobs[i].Frames; n > 0 {
		return fmt.Sprintf("%s, %d frames", r.jobs[i].Policy, n)
	}
	return r.jobs[i].Policy + ", as many frames as it wants"
}

// eventText is a line for each reference at which something happened.
func (r *simReport) eventText(i int) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.title(i))
	for _, e := range r.events(r.logs[i]) {
		fmt.Fprintf(&b, "%10d", e.T)
		if e.Page != nil {
			fmt.Fprintf(&b, "  fault %s", e.Page)
		}
		for _, page := range e.Evicted {
			fmt.Fprintf(&b, "  evicts %s", page)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return b.String()
}

// textbook is the classical table: a column for each reference, a row for each frame, faults
// marked with F, hits with a dot.
func (r *simReport) textbook(i int, refs []uint64) string {
	frames := r.jobs[i].Frames
	if frames == 0 || frames > r.pager.Pages() {
		frames = r.pager.Pages()
	}
	held := make([]*pageID, frames)
	rows := make([][]string, frames)
	var marks []string
	events := r.events(r.logs[i])
	width := 1
	for t, page := range refs {
		width = max(width, len(strconv.FormatUint(page, 10)))
		mark := "."
		if len(events) > 0 && events[0].T == uint64(t) {
			if mark = "F"; !events[0].Fault {
				mark = "."
			}
			r.apply(held, events[0])
			events = events[1:]
		}
		marks = append(marks, mark)
		for f, p := range held {
			cell := ""
			if p != nil {
				cell = p.String()
			}
			rows[f] = append(rows[f], cell)
		}
	}
	var b strings.Builder
	fmt.Fprintln(&b, r.title(i))
	line := func(head string, cells []string) {
		var text strings.Builder
		fmt.Fprintf(&text, "%5s", head)
		for _, c := range cells {
			fmt.Fprintf(&text, "  %*s", width, c)
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	heads := make([]string, len(refs))
	for t, page := range refs {
		heads[t] = strconv.FormatUint(page, 10)
	}
	line("", heads)
	for f := range rows {
		line(strconv.Itoa(f), rows[f])
	}
	line("", marks)
	b.WriteByte('\n')
	return b.String()
}

// apply changes what the frames hold as the engine did: what goes leaves its frame free, and what comes
// takes the first free one. What VMIN evicts at once has come before.
func (r *simReport) apply(held []*pageID, e simEvent) {
	gone := func() {
		for _, page := range e.Evicted {
			for f, p := range held {
				if p != nil && *p == page {
					held[f] = nil
				}
			}
		}
	}
	gone()
	if e.Page != nil {
		if f := slices.Index(held, nil); f >= 0 {
			held[f] = e.Page
		}
		gone()
	}
}
