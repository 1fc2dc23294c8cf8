package script

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/vm"
)

// machineAssertions are memlab's own words.
func (s *state) machineAssertions() []assertion {
	s.boundType()
	return []assertion{
		{
			names: []string{nameMapped}, args: "process, address [, prot]",
			doc:   `An area covers the address, with these rights ("r-x") if they are given.`,
			check: checkMapped,
		},
		{
			names: []string{"unmapped"}, args: atAddress, doc: "No area covers the address.",
			check: func(c *assertCall) (bool, failure) {
				held, f := checkMapped(c)
				f.Message, f.Expected = "nothing mapped expected", "no area"
				return !held, f
			},
		},
		{
			names: []string{nameResident}, args: atAddress,
			doc:   "The page of the address is in a frame.",
			check: checkPage("resident", func(p vm.PageState) bool { return p.Resident }),
		},
		{
			names: []string{nameDirty}, args: atAddress, doc: "The page has been written.",
			check: checkPage(nameDirty, func(p vm.PageState) bool { return p.Dirty }),
		},
		{
			names: []string{"accessed"}, args: atAddress, doc: "The page's accessed bit is set.",
			check: checkPage("accessed", func(p vm.PageState) bool { return p.Accessed }),
		},
		{
			names: []string{"swapped"}, args: atAddress, doc: "The page's newest bytes lie in swap.",
			check: checkPage("swapped", func(p vm.PageState) bool { return p.Swapped }),
		},
		{
			names: []string{"registers"}, args: "process, {rax =, …}",
			doc:   "The registers have these values.",
			check: checkRegisters,
		},
		{
			names: []string{"memory"}, args: "process, address, bytes", doc: "Memory holds these bytes.",
			check: checkMemory,
		},
		{
			names: []string{nameFaults}, args: onMachine, oneway: true, check: bound(nameFaults, faultCounts),
			doc: "Counts of faults: :total_at_most(n), :major_at_least(n), :cow_equals(n) and so on for " +
				"total, major, minor, zero, cow, loads; :at_most(n) is about the total.",
		},
		{
			names: []string{"fragmentation"}, args: onMachine, oneway: true,
			check: bound("fragmentation", fragmentationCounts),
			doc: "Fragmentation: :internal_at_most(bytes) (with pages: of the current process), " +
				":external_permille_at_most(n), :holes_equals(n) and the like for free and largest_hole.",
		},
	}
}

// process is argument 1: a process, or a machine for its current one.
func (c *assertCall) process() *process { return processArg(c.L) }

func checkMapped(c *assertCall) (bool, failure) {
	p := c.process()
	va := p.address(c.L, c.arg(2))
	prot := ""
	if c.arg(3) != lua.LNil {
		prot = c.s.str(c.L, 3)
		if len(prot) > 3 {
			prot = prot[:3] // the form of /proc/PID/maps: r-xp
		}
	}
	st := p.vm.Page(va)
	actual := "nothing is mapped at " + p.place(va) + "; " + p.nearest(va)
	if st.Mapped {
		actual = st.Prot.String() + " at " + p.place(va)
	}
	want := nameMapped
	if prot != "" {
		want += " " + prot
	}
	return st.Mapped && (prot == "" || prot == st.Prot.String()),
		failure{Message: p.place(va) + " should be mapped", Expected: want, Actual: actual}
}

// place is an address for people: with its symbol.
func (p *process) place(va interface{ String() string }) string {
	text := va.String()
	if w, err := parseWord(text); err == nil {
		if sym := p.symbol(vaOf(w)); sym != "" {
			return text + " " + sym
		}
	}
	return text
}

func checkPage(word string, is func(vm.PageState) bool) func(*assertCall) (bool, failure) {
	return func(c *assertCall) (bool, failure) {
		p := c.process()
		va := p.address(c.L, c.arg(2))
		st := p.vm.Page(va)
		var facts []string
		for _, f := range []struct {
			is   bool
			word string
		}{
			{st.Mapped, nameMapped},
			{st.Resident, "resident"},
			{st.Accessed, "accessed"},
			{st.Dirty, nameDirty},
			{st.Swapped, "swapped"},
		} {
			if f.is {
				facts = append(facts, f.word)
			}
		}
		if facts == nil {
			facts = []string{"not mapped"}
		}
		return is(st), failure{
			Message:  fmt.Sprintf("the page of %s should be %s", p.place(va), word),
			Expected: word, Actual: strings.Join(facts, ", "),
		}
	}
}

func checkRegisters(c *assertCall) (bool, failure) {
	r := &registers{c.process()}
	t := c.L.CheckTable(2)
	var names []string
	each(t, func(k, _ lua.LValue) { names = append(names, k.String()) })
	slices.Sort(names)
	var want, got []string
	held := true
	for _, name := range names {
		v, err := toWord(t.RawGetString(name))
		have, known := r.get(name)
		if err != nil || !known {
			c.L.RaiseError("assert.registers: %q is not a register with a number", clip(name))
		}
		held = held && v == have
		want = append(want, fmt.Sprintf("%s=%#x", name, v))
		got = append(got, fmt.Sprintf("%s=%#x", name, have))
	}
	return held, failure{
		Message: "other registers expected", Expected: strings.Join(want, " "),
		Actual: strings.Join(got, " "),
	}
}

func checkMemory(c *assertCall) (bool, failure) {
	p := c.process()
	va := p.address(c.L, c.arg(2))
	want := c.s.str(c.L, 3)
	c.s.charge(len(want) / 16)
	b := make([]byte, len(want))
	got := p.vm.Peek(va, b)
	actual := dump(b[:got])
	if got < len(want) {
		actual += "; " + p.unmapped(va, got, len(want))
	}
	return string(b[:got]) == want, failure{
		Message:  "other bytes expected at " + p.place(va),
		Expected: dump([]byte(want)), Actual: actual,
	}
}

// dump is bytes in hexadecimal, the first 64.
func dump(b []byte) string {
	if len(b) > 64 {
		return hex.EncodeToString(b[:64]) + "…"
	}
	return hex.EncodeToString(b)
}

// measured are named numbers of a machine that can be bounded: what assert.faults(m) returns.
type measured struct {
	what   string
	m      *machine
	values []namedCount
}

type namedCount struct {
	name  string
	value uint64
}

// String is how it prints.
func (b *measured) String() string { return b.what + " of " + b.m.label }

func bound(what string, get func(*assertCall, *machine) []namedCount) func(*assertCall) (bool, failure) {
	return func(c *assertCall) (bool, failure) {
		m := machineArg(c.L)
		c.L.Push(c.s.object(&measured{what, m, get(c, m)}, c.s.types.fault))
		c.results = 1
		return true, failure{}
	}
}

func faultCounts(_ *assertCall, m *machine) []namedCount {
	f := m.vm.Stats().Faults
	return []namedCount{
		{"total", f.Total},
		{nameMajor, f.Major},
		{"minor", f.Minor},
		{"zero", f.Zero},
		{"cow", f.Cow},
		{"loads", f.Loads},
	}
}

// boundType gives measured numbers their methods: NAME_at_most, NAME_at_least, NAME_equals; without NAME the
// first.
func (s *state) boundType() {
	mt := s.types.fault
	if mt == nil {
		return
	}
	mt.RawSetString("__index", s.L.NewFunction(func(ls *lua.LState) int {
		ud, ok := ls.Get(1).(*lua.LUserData)
		if !ok {
			ls.ArgError(1, "assert.faults(m) expected")
		}
		b, ok := ud.Value.(*measured)
		if !ok {
			ls.ArgError(1, "assert.faults(m) expected")
		}
		name := ls.Get(2).String()
		var known []string
		for _, v := range b.values {
			for _, word := range []string{"at_most", "at_least", "equals"} {
				known = append(known, v.name+"_"+word)
				if name == v.name+"_"+word || name == word && v.name == b.values[0].name {
					ls.Push(s.L.NewFunction(s.boundCheck(b, v, word, ud)))
					return 1
				}
			}
		}
		hint := "; known: " + strings.Join(known, ", ")
		if near, found := lab.Suggest(name, known); found {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		ls.RaiseError("assert.%s has no %q%s", b.what, clip(name), hint)
		return 0
	}))
}

// boundCheck is one bound; it returns the object again, so that bounds chain.
func (s *state) boundCheck(b *measured, v namedCount, word string, self *lua.LUserData) lua.LGFunction {
	return func(ls *lua.LState) int {
		n := checkWord(ls, 2)
		held := v.value == n
		switch word {
		case "at_most":
			held = v.value <= n
		case "at_least":
			held = v.value >= n
		}
		if !held {
			text := strings.ReplaceAll(word, "_", " ")
			s.raiseFailure(ls, failure{
				Message:  fmt.Sprintf("%s %s: %s %d expected", v.name, b.what, text, n),
				Expected: fmt.Sprintf("%s %d", text, n), Actual: strconv.FormatUint(v.value, 10),
			})
		}
		ls.Push(self)
		return 1
	}
}
