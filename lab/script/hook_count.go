package script

import (
	"cmp"
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"memlab/paging/addr"
	"memlab/paging/event"
)

// counter counts events in Go: by a tally of the machine's if it can, so that no event is made for it; else
// by looking at the events afterwards; and only where what the machine stands at matters, as each comes. Keys
// are words or, by symbol, names.
type counter struct {
	m      *machine
	by     string
	filter *filter
	sub    *event.Subscription
	counts *event.Counts
	names  map[string]uint64
	lost   uint64 // events whose name found no room
}

const bySymbol = "symbol"

// maxKeys bounds the keys of one counter.
const maxKeys = 1 << 20

// String is how a counter prints.
func (c *counter) String() string { return fmt.Sprintf("counter: %d events", c.now().Total) }

// now is what has been counted up to now.
func (c *counter) now() *event.Counts {
	c.m.vm.Bus().Flush()
	return c.counts
}

// count is m:count.
func (s *state) count(ls *lua.LState) int {
	m := machineArg(ls)
	mask, err := kindsOf(ls.CheckAny(2))
	if err != nil {
		ls.RaiseError("m:count: %s", err.Error())
	}
	o := optionsOf(ls, 3, "m:count")
	c := &counter{m: m, by: o.str("by", ""), names: map[string]uint64{}}
	if !slices.Contains([]string{"", namePage, "pc", bySymbol, namePID, nameFrame}, c.by) {
		ls.RaiseError("m:count: by must be page, pc, symbol, pid or frame, got %q", clip(c.by))
	}
	c.filter = m.filterOf(o)
	o.done()
	m.subscribing()
	c.subscribe(mask)
	ls.Push(s.object(c, s.types.counter))
	return 1
}

// subscribe takes the cheapest way to what c counts.
func (c *counter) subscribe(mask event.Mask) {
	bus := c.m.vm.Bus()
	switch {
	case c.filter.idle() && c.by == "":
		t := event.TallyAll()
		c.counts, c.sub = &t.Counts, bus.Tally(mask, t)
	case c.filter.idle() && c.by == namePage && mask&aboutPC == 0:
		t := event.TallyPages(addr.PageSize(c.m.vm.Config().Memory.PageSize), maxKeys)
		c.counts, c.sub = &t.Counts, bus.Tally(mask, t)
	case c.by == bySymbol || !c.filter.lasting():
		c.counts = &event.Counts{Most: maxKeys}
		c.sub = bus.Subscribe(mask, func(ev *event.Event) event.Verdict {
			c.take(ev)
			return event.Continue
		})
	default:
		c.counts = &event.Counts{Most: maxKeys}
		c.sub = bus.Observe(mask, func(batch []event.Event) {
			for i := range batch {
				if c.take(&batch[i]) {
					return
				}
			}
		})
	}
}

// take counts ev if it is wanted, and reports whether it is the last.
func (c *counter) take(ev *event.Event) (last bool) {
	if !c.filter.fits(ev, c.m.loading, c.m.symbolName) {
		return false
	}
	fire, last := c.filter.take()
	if last {
		c.sub.Remove()
	}
	if !fire {
		return last
	}
	switch c.by {
	case namePage:
		c.counts.Add(c.m.pageOf(about(ev)), 1)
	case "pc":
		c.counts.Add(uint64(ev.PC), 1)
	case namePID:
		c.counts.Add(uint64(ev.PID), 1)
	case nameFrame:
		c.counts.Add(uint64(ev.Frame), 1)
	case bySymbol:
		c.counts.Total++
		name := c.m.symbolName(ev.PC)
		if _, known := c.names[name]; !known && len(c.names) >= maxKeys {
			c.lost++
			break
		}
		c.names[name]++
	default:
		c.counts.Total++
	}
	return last
}

// row is one key of a counter.
type row struct {
	key   lua.LValue
	word  uint64
	name  string
	count uint64
}

// top are the n keys with the most events, most first; equal ones in order of their keys.
func (c *counter) top(n int) []row {
	var rows []row
	if c.by != "" {
		c.now().Each(func(k, v uint64) { rows = append(rows, row{word: k, count: v}) })
	}
	for k, v := range c.names {
		rows = append(rows, row{name: k, count: v})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.word, b.word), cmp.Compare(a.name, b.name))
	})
	rows = rows[:min(max(n, 0), len(rows))]
	for i := range rows {
		if c.by == bySymbol {
			rows[i].key = lua.LString(rows[i].name)
		} else {
			rows[i].key = c.m.s.word(rows[i].word)
		}
	}
	return rows
}

func counterArg(ls *lua.LState) *counter {
	if ud, ok := ls.Get(1).(*lua.LUserData); ok {
		if c, isCounter := ud.Value.(*counter); isCounter {
			return c
		}
	}
	ls.ArgError(1, "counter expected: call it as c:top(n)")
	return nil
}

// counterType makes counters answer total, lost, top, remove and keys.
func (s *state) counterType() {
	mt := s.types.counter
	if mt == nil {
		return
	}
	top := s.L.NewFunction(s.counterTop)
	remove := s.L.NewFunction(func(ls *lua.LState) int {
		counterArg(ls).sub.Remove()
		return 0
	})
	mt.RawSetString("__index", s.L.NewFunction(func(ls *lua.LState) int {
		c := counterArg(ls)
		name, isName := ls.Get(2).(lua.LString)
		switch {
		case isName && name == "total":
			ls.Push(s.word(c.now().Total))
		case isName && name == "lost":
			ls.Push(s.word(c.now().Lost + c.lost))
		case isName && name == "top":
			ls.Push(top)
		case isName && name == "remove":
			ls.Push(remove)
		case c.by == bySymbol && isName:
			ls.Push(s.word(c.names[string(name)]))
		case c.by == "":
			ls.RaiseError("this counter has no keys: it was made without by=")
		default:
			ls.Push(s.word(c.now().Of(checkWord(ls, 2))))
		}
		return 1
	}))
}

func (s *state) counterTop(ls *lua.LState) int {
	c := counterArg(ls)
	n := ls.OptInt(2, 10)
	t := s.L.NewTable()
	for i, r := range c.top(min(n, maxArray-1)) {
		one := s.L.NewTable()
		one.RawSetString("key", r.key)
		one.RawSetString("count", s.word(r.count))
		t.RawSetInt(i+1, one)
		s.charge(10)
	}
	ls.Push(t)
	return 1
}
