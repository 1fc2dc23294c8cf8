package script

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"memlab/paging"
	"memlab/paging/addr"
)

// predictor is a Lua function that answers, after a fault, which pages to bring in as well.
type predictor struct {
	p       *process
	fn      *lua.LFunction
	history []addr.Page // of the latest faults, the oldest first, without the one under way
}

// historyLength is how many earlier faults a predictor is told of.
const historyLength = 16

// ask is the predictor as the pager asks it. After an error the machine is on its way to a stop, and nothing
// more is asked.
func (d *predictor) ask(t *paging.Touched) []addr.Page {
	m := d.p.m
	if m.failed != nil || m.s.budget.spent != nil {
		return nil
	}
	results, err := m.s.protect(d.fn, d.told(t))
	if err == nil {
		var pages []addr.Page
		var bad error
		if pages, bad = d.answer(results, t); bad == nil {
			d.history = append(d.history, t.Page)
			d.history = d.history[max(len(d.history)-historyLength, 0):]
			return pages
		}
		err = m.s.blame(d.fn, "predict: "+bad.Error())
	}
	m.fail(err)
	return nil
}

// told is what the function is told.
func (d *predictor) told(t *paging.Touched) *lua.LTable {
	s := d.p.m.s
	out := s.L.NewTable()
	out.RawSetString(namePage, s.word(uint64(t.Page)))
	out.RawSetString("address", s.word(uint64(t.VA)))
	out.RawSetString("access", lua.LString(t.Access.String()))
	out.RawSetString(nameMajor, lua.LBool(t.Major))
	out.RawSetString("number", s.word(t.Number))
	first, last := d.pages(t.Area.Start, t.Area.End)
	area := s.pageRange(first, last)
	area.RawSetString("start", s.word(uint64(t.Area.Start)))
	area.RawSetString("stop", s.word(uint64(t.Area.End)))
	area.RawSetString("prot", lua.LString(t.Area.Prot.String()))
	if d.p.vm != nil {
		area.RawSetString("name", lua.LString(d.p.vm.AreaName(t.Area)))
		if low, high := d.p.vm.ImageRange(); high > low {
			out.RawSetString("image", s.pageRange(d.pages(low, high)))
		}
	}
	out.RawSetString("area", area)
	history := s.L.NewTable()
	for i, page := range d.history {
		history.RawSetInt(i+1, s.word(uint64(page)))
	}
	out.RawSetString("history", history)
	return out
}

// pages are the first and the last page of [start, end).
func (d *predictor) pages(start, end addr.VAddr) (first, last uint64) {
	return d.p.m.pageOf(start), d.p.m.pageOf(end - 1)
}

func (s *state) pageRange(first, last uint64) *lua.LTable {
	t := s.L.NewTable()
	t.RawSetString("first", s.word(first))
	t.RawSetString("last", s.word(last))
	return t
}

// answer reads what the function has returned.
func (d *predictor) answer(results []lua.LValue, t *paging.Touched) ([]addr.Page, error) {
	if len(results) == 0 || results[0] == lua.LNil {
		return nil, nil
	}
	list, isList := results[0].(*lua.LTable)
	if isList {
		return d.list(list, t)
	}
	n, err := toWord(results[0])
	if v, ok := results[0].(lua.LNumber); err != nil || ok && v < 0 {
		return nil, fmt.Errorf("a number of pages, a list of pages or nothing expected, got %s",
			clip(results[0].String()))
	}
	if n > paging.MaxPredicted {
		return nil, fmt.Errorf("%d pages for one fault: at most %d", n, paging.MaxPredicted)
	}
	_, last := d.pages(t.Area.Start, t.Area.End)
	var out []addr.Page
	for i := range n {
		if page := t.Page + addr.Page(i+1); uint64(page) <= last {
			out = append(out, page)
		}
	}
	return out, nil
}

// list reads a list of pages, each of which an area must have.
func (d *predictor) list(list *lua.LTable, t *paging.Touched) ([]addr.Page, error) {
	if list.Len() > paging.MaxPredicted {
		return nil, fmt.Errorf("%d pages for one fault: at most %d", list.Len(), paging.MaxPredicted)
	}
	var out []addr.Page
	for i := 1; i <= list.Len(); i++ {
		v := list.RawGetInt(i)
		page, err := toWord(v)
		if n, ok := v.(lua.LNumber); err != nil || ok && n < 0 {
			return nil, fmt.Errorf("entry %d: a page's number expected, got %s", i, clip(v.String()))
		}
		if !t.Mapped(addr.Page(page)) {
			return nil, fmt.Errorf("entry %d: nothing is mapped at page %#x", i, page)
		}
		out = append(out, addr.Page(page))
	}
	return out, nil
}

// blame is the error of a function of the script that has answered something impossible.
func (s *state) blame(fn *lua.LFunction, message string) *Error {
	e := &Error{File: s.opt.Name, Message: message}
	if fn.Proto != nil {
		e.Line = fn.Proto.LineDefined
	}
	e.value = lua.LString(fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message))
	return e
}

// fail remembers the error of a function that the machine has called; it ends the run.
func (m *machine) fail(err *Error) {
	pc, _ := m.position()
	err.PC, err.Symbol = uint64(pc), m.symbolOf(pc)
	m.failed = err
}
