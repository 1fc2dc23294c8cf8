package lab

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is the kind of value that a setting takes.
type Kind string

// The kinds.
const (
	Int      Kind = "int"      // a whole number; text may end in k, M or G: thousands, millions, billions
	Size     Kind = "size"     // bytes; text may end in K, M, G or KiB, MiB, GiB: powers of 1024
	Duration Kind = "duration" // text with a unit: 5ms
	Word     Kind = "word"     // one of a list, in any letter case
	Bool     Kind = "bool"     // true or false
	Map      Kind = "map"      // names to whole numbers; as text: a=1,b=2
	Sizes    Kind = "sizes"    // a list of sizes; as text: 64K,128K
	Binfmt   Kind = "binfmt"   // a list of binfmt_misc entries; as text: one a line, as the kernel reads them
)

// The texts of a Bool.
const (
	yes = "true"
	no  = "false"
)

// Setting describes one setting.
type Setting struct {
	Path     string // dotted: machine.memory.frames
	Kind     Kind
	Default  string // as text
	Min, Max uint64 // range of Int and Size, of Duration in nanoseconds; both included
	Power2   bool   // only powers of two
	Doc      string // one line

	words []string
	field func(*Config) any // pointer to the setting's field
}

// Words are the allowed words of a Word, or of a Bool that is not free; nil: no list.
func (s Setting) Words() []string { return slices.Clone(s.words) }

// Env is the environment variable that sets it: MEMLAB_MACHINE_MEMORY_FRAMES.
func (s Setting) Env() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(s.Path, ".", "_"))
}

// Allowed says in words which values the setting takes.
func (s Setting) Allowed() string {
	switch s.Kind {
	case Word:
		return strings.Join(s.words, ", ")
	case Bool:
		if s.words != nil {
			return strings.Join(s.words, ", ")
		}
		return yes + ", " + no
	case Map:
		return "names with whole numbers: {tick: 4}, or as text tick=4,bits=8"
	case Sizes:
		return "a list of sizes: [64K, 128K], or as text 64K,128K"
	case Binfmt:
		return "a list of entries with " + strings.Join(binfmtKeys, ", ") +
			", or as text :name:M:offset:magic:mask:interpreter:flags, :name:E::extension::interpreter:flags"
	case Duration:
		return "0 to " + formatDuration(time.Duration(s.Max)) + ", with a unit as in 100ns, 5ms, 60s"
	case Int, Size:
	}
	lo, hi := s.format(s.Min), s.format(s.Max)
	switch {
	case s.Power2:
		return "powers of two from " + lo + " to " + hi
	case s.Min == s.Max:
		return lo
	case s.Max == anyNumber:
		return lo + " and more"
	}
	return lo + " to " + hi
}

// value turns what a user gave into the setting's own type and checks its range.
func (s Setting) value(v any) (any, error) {
	switch s.Kind {
	case Int, Size:
		return s.number(v)
	case Duration:
		return s.duration(v)
	case Word:
		return s.word(v)
	case Bool:
		return s.boolean(v)
	case Map:
		return paramMap(v)
	case Sizes:
		return sizeList(v)
	case Binfmt:
		return binfmtList(v)
	}
	return nil, fmt.Errorf("has the unknown kind %q", s.Kind)
}

func (s Setting) number(v any) (any, error) {
	n, err := wholeNumber(v, s.Kind)
	if err != nil {
		return nil, fmt.Errorf("%w; allowed: %s", err, s.Allowed())
	}
	if n < s.Min || n > s.Max || s.Power2 && n&(n-1) != 0 {
		return nil, fmt.Errorf("%s is not allowed; allowed: %s", show(v), s.Allowed())
	}
	return n, nil
}

func (s Setting) duration(v any) (any, error) {
	d, err := duration(v)
	if err != nil {
		return nil, fmt.Errorf("%w; allowed: %s", err, s.Allowed())
	}
	if d < 0 || uint64(d) > s.Max {
		return nil, fmt.Errorf("%s is not allowed; allowed: %s", show(v), s.Allowed())
	}
	return d, nil
}

func (s Setting) word(v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("%s is not a word; allowed: %s", show(v), s.Allowed())
	}
	word := strings.ToLower(text)
	if !slices.Contains(s.words, word) {
		hint := didYouMean(word, s.words)
		return nil, fmt.Errorf("%s is not allowed; allowed: %s%s", show(v), s.Allowed(), hint)
	}
	return word, nil
}

func (s Setting) boolean(v any) (any, error) {
	b, ok := v.(bool)
	if text, isText := v.(string); isText {
		ok = text == yes || text == no
		b = text == yes
	}
	if !ok {
		return nil, fmt.Errorf("%s is neither true nor false", show(v))
	}
	if s.words != nil && !slices.Contains(s.words, strconv.FormatBool(b)) {
		return nil, fmt.Errorf("%t is not allowed; allowed: %s", b, s.Allowed())
	}
	return b, nil
}

// load is the setting's value in c, in the types that Get documents. A negative number, which only Go code
// can have put there, comes as an int64, so that the checks refuse it.
func (s Setting) load(c *Config) any {
	switch p := s.field(c).(type) {
	case *uint64:
		return *p
	case *int:
		if *p < 0 {
			return int64(*p)
		}
		return uint64(*p)
	case *string:
		return *p
	case *bool:
		return *p
	case *time.Duration:
		return *p
	case *map[string]int:
		return maps.Clone(*p)
	case *[]string:
		return slices.Clone(*p)
	case *[]uint64:
		return slices.Clone(*p)
	}
	return nil
}

// store puts a value that value() returned into c.
func (s Setting) store(c *Config, v any) {
	switch p := s.field(c).(type) {
	case *uint64:
		*p, _ = v.(uint64)
	case *int:
		n, _ := v.(uint64)
		*p = int(min(n, math.MaxInt)) // every int setting's range ends far below
	case *string:
		*p, _ = v.(string)
	case *bool:
		*p, _ = v.(bool)
	case *time.Duration:
		*p, _ = v.(time.Duration)
	case *map[string]int:
		m, _ := v.(map[string]int)
		*p = maps.Clone(m)
	case *[]string:
		l, _ := v.([]string)
		*p = slices.Clone(l)
	case *[]uint64:
		l, _ := v.([]uint64)
		*p = slices.Clone(l)
	}
}
