package script

import (
	"cmp"
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"memlab/paging/event"
)

// counter counts events in Go. Keys are words or, by symbol, names.
type counter struct {
	m      *machine
	by     string
	filter *filter
	sub    *event.Subscription
	total  uint64
	words  map[uint64]uint64
	names  map[string]uint64
	lost   uint64 // events whose key found no room
}

// maxKeys bounds the keys of one counter.
const maxKeys = 1 << 20

// String is how a counter prints.
func (c *counter) String() string { return fmt.Sprintf("counter: %d events", c.total) }

// count is m:count.
func (s *state) count(L *lua.LState) int {
	m := machineArg(L)
	mask, err := kindsOf(L.CheckAny(2))
	if err != nil {
		L.RaiseError("m:count: %s", err.Error())
	}
	o := optionsOf(L, 3, "m:count")
	c := &counter{m: m, by: o.str("by", ""), words: map[uint64]uint64{}, names: map[string]uint64{}}
	if !slices.Contains([]string{"", "page", "pc", "symbol", "pid", "frame"}, c.by) {
		L.RaiseError("m:count: by must be page, pc, symbol, pid or frame, got %q", clip(c.by))
	}
	c.filter = m.filterOf(o)
	o.done()
	c.sub = m.vm.Bus().Subscribe(mask, c.listen)
	L.Push(s.object(c, s.types.counter))
	return 1
}

func (c *counter) listen(ev *event.Event) event.Verdict {
	if !c.filter.fits(ev, c.m.loading, c.m.symbolName) {
		return event.Continue
	}
	fire, last := c.filter.take()
	if last {
		c.sub.Remove()
	}
	if !fire {
		return event.Continue
	}
	c.total++
	switch c.by {
	case "page":
		c.add(c.m.pageOf(about(ev)))
	case "pc":
		c.add(uint64(ev.PC))
	case "pid":
		c.add(uint64(ev.PID))
	case "frame":
		c.add(uint64(ev.Frame))
	case "symbol":
		name := c.m.symbolName(ev.PC)
		if _, known := c.names[name]; !known && len(c.names) >= maxKeys {
			c.lost++
			break
		}
		c.names[name]++
	}
	return event.Continue
}

func (c *counter) add(key uint64) {
	if _, known := c.words[key]; !known && len(c.words) >= maxKeys {
		c.lost++
		return
	}
	c.words[key]++
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
	for k, v := range c.words {
		rows = append(rows, row{word: k, count: v})
	}
	for k, v := range c.names {
		rows = append(rows, row{name: k, count: v})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.word, b.word), cmp.Compare(a.name, b.name))
	})
	rows = rows[:min(max(n, 0), len(rows))]
	for i := range rows {
		if c.by == "symbol" {
			rows[i].key = lua.LString(rows[i].name)
		} else {
			rows[i].key = c.m.s.word(rows[i].word)
		}
	}
	return rows
}

func counterArg(L *lua.LState) *counter {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if c, isCounter := ud.Value.(*counter); isCounter {
			return c
		}
	}
	L.ArgError(1, "counter expected: call it as c:top(n)")
	return nil
}

// counterType makes counters answer total, lost, top, remove and keys.
func (s *state) counterType() {
	mt := s.types.counter
	if mt == nil {
		return
	}
	top := s.L.NewFunction(s.counterTop)
	remove := s.L.NewFunction(func(L *lua.LState) int {
		counterArg(L).sub.Remove()
		return 0
	})
	mt.RawSetString("__index", s.L.NewFunction(func(L *lua.LState) int {
		c := counterArg(L)
		name, isName := L.Get(2).(lua.LString)
		switch {
		case isName && name == "total":
			L.Push(s.word(c.total))
		case isName && name == "lost":
			L.Push(s.word(c.lost))
		case isName && name == "top":
			L.Push(top)
		case isName && name == "remove":
			L.Push(remove)
		case c.by == "symbol" && isName:
			L.Push(s.word(c.names[string(name)]))
		case c.by == "":
			L.RaiseError("this counter has no keys: it was made without by=")
		default:
			L.Push(s.word(c.words[checkWord(L, 2)]))
		}
		return 1
	}))
}

func (s *state) counterTop(L *lua.LState) int {
	c := counterArg(L)
	n := L.OptInt(2, 10)
	t := s.L.NewTable()
	for i, r := range c.top(min(n, maxArray-1)) {
		one := s.L.NewTable()
		one.RawSetString("key", r.key)
		one.RawSetString("count", s.word(r.count))
		t.RawSetInt(i+1, one)
		s.charge(10)
	}
	L.Push(t)
	return 1
}
