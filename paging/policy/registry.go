package policy

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Info describes a policy for help and documentation.
type Info struct {
	Name   string
	Source string // where it was published, or what is its definition
	About  string // one line
	Need   Need
	// Unlimited policies are defined without a number of frames: they hold as many pages as they want.
	Unlimited bool
	Params    []ParamInfo
}

// ParamInfo describes a parameter of a policy: a number from Least to Most, or one of Words. Default is in
// words where it depends on the number of frames.
type ParamInfo struct {
	Name        string
	About       string
	Least, Most int
	Words       []string
	Default     string
}

// Names that come up more than once.
const (
	nameFIFO  = "fifo"
	nameLRU   = "lru"
	paramBits = "bits"
)

// spec is how one policy is made.
type spec struct {
	name   string
	source string
	about  string
	need   Need
	free   bool // without a number of frames
	params []param
	make   func(frames Frames, v values) (Policy, error)
}

// param is a parameter that a policy can be given: a number, or a word that stands for its index in words.
type param struct {
	name, about string
	least, most int
	def         int
	words       []string
	// of is the default for a number of frames, where it depends on it, and formula says it in words.
	of      func(frames int) int
	formula string
	// within is the most for a number of frames; nil: most.
	within func(frames int) int
}

// values are the parameters of one policy, all of them, and the seed for those that draw lots.
type values struct {
	of   map[string]int
	seed uint64
}

func (v values) flag(name string) bool { return v.of[name] != 0 }

// Names are the names that New knows, in the order in which they are taught.
func Names() []string {
	var names []string
	for _, s := range specs() {
		names = append(names, s.name)
	}
	return names
}

// Catalog describes all policies, in the order of Names.
func Catalog() []Info {
	var all []Info
	for _, s := range specs() {
		all = append(all, s.info())
	}
	return all
}

// Describe is the entry of Catalog for the policy of that name.
func Describe(name string) (Info, error) {
	s, err := find(name)
	return s.info(), err
}

func (s *spec) info() Info {
	in := Info{Name: s.name, Source: s.source, About: s.about, Need: s.need, Unlimited: s.free}
	for _, p := range s.params {
		in.Params = append(in.Params, ParamInfo{
			Name: p.name, About: p.about, Least: p.least, Most: p.most, Words: p.words,
			Default: p.defaultText(),
		})
	}
	return in
}

func (p *param) defaultText() string {
	switch {
	case p.formula != "":
		return p.formula
	case p.words != nil:
		return p.words[p.def]
	}
	return strconv.Itoa(p.def)
}

// New makes the policy of that name on frames, all of them free. Names match in any letter case, and with or
// without hyphens and underscores. Parameters that are absent have their defaults; seed is for policies that
// draw lots. The error names what is unknown or out of range and what is allowed.
func New(name string, frames Frames, params map[string]int, seed uint64) (Policy, error) {
	s, err := find(name)
	if err != nil {
		return nil, err
	}
	all, err := s.fill(params, frames.Len())
	if err != nil {
		return nil, err
	}
	p, err := s.make(frames, values{of: all, seed: seed})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Resize tells a policy that New has made with the same params that it has n frames from now on. Parameters
// that were not given follow n; those that were given are cut to what n allows. Nothing happens if its
// definition does not depend on n.
func Resize(p Policy, params map[string]int, n int) {
	sized, ok := p.(Sized)
	if !ok {
		return
	}
	s, err := find(p.Name())
	if err != nil {
		return // not one of New's
	}
	all := make(map[string]int, len(s.params))
	for i := range s.params {
		q := &s.params[i]
		v, given := params[q.name]
		switch {
		case given && q.within != nil:
			v = min(v, q.within(n))
		case !given && q.of != nil:
			v = q.of(n)
		case !given:
			v = q.def
		}
		all[q.name] = v
	}
	sized.resize(n, values{of: all})
}

// Check says what is wrong with a policy's name and parameters, as New would on so many frames, without
// making the policy. frames 0: what depends on their number is not checked.
func Check(name string, params map[string]int, frames int) error {
	s, err := find(name)
	if err != nil {
		return err
	}
	_, err = s.fill(params, frames)
	return err
}

// Params turns parameters as they are read from JSON or YAML, numbers and words, into those of New.
func Params(name string, given map[string]any) (map[string]int, error) {
	s, err := find(name)
	if err != nil {
		return nil, err
	}
	all := make(map[string]int, len(given))
	for _, key := range slices.Sorted(maps.Keys(given)) {
		p, err := s.param(key)
		if err != nil {
			return nil, err
		}
		n, ok := number(given[key])
		if word, isWord := given[key].(string); isWord {
			n = slices.IndexFunc(p.words, func(w string) bool { return strings.EqualFold(w, word) })
			ok = n >= 0
		} else if p.words != nil {
			ok = false
		}
		if !ok {
			return nil, s.wrong(p, given[key])
		}
		all[key] = n
	}
	return all, nil
}

// Word is the number that a word stands for as the value of a parameter, in any letter case. No word stands
// for different numbers in different parameters.
func Word(word string) (n int, ok bool) {
	for _, s := range specs() {
		for _, p := range s.params {
			i := slices.IndexFunc(p.words, func(w string) bool { return strings.EqualFold(w, word) })
			if i >= 0 {
				return i, true
			}
		}
	}
	return 0, false
}

// number is the integer in v, which may be of any kind that readers of JSON and YAML give.
func number(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case uint64:
		return int(n), n <= math.MaxInt
	case float64:
		return int(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	case bool:
		if n {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// plain is a name in lower case without what joins words.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

func find(name string) (spec, error) {
	wanted := plain(name)
	for _, s := range specs() {
		if plain(s.name) == wanted {
			return s, nil
		}
	}
	return spec{}, fmt.Errorf("replacement policy %q: must be one of %s", name, strings.Join(Names(), ", "))
}

func (s *spec) param(name string) (*param, error) {
	var known []string
	for i := range s.params {
		if s.params[i].name == name {
			return &s.params[i], nil
		}
		known = append(known, s.params[i].name)
	}
	allowed := "it has none"
	if len(known) > 0 {
		allowed = "must be one of " + strings.Join(known, ", ")
	}
	return nil, fmt.Errorf("parameter %q of replacement policy %s: %s", name, s.name, allowed)
}

// wrong is the error of a value that p cannot have.
func (s *spec) wrong(p *param, v any) error {
	if p.words != nil {
		return fmt.Errorf("parameter %s of replacement policy %s is %v: must be one of %s",
			p.name, s.name, v, strings.Join(p.words, ", "))
	}
	return fmt.Errorf("parameter %s of replacement policy %s is %v: must be from %d to %d",
		p.name, s.name, v, p.least, p.most)
}

// fill adds the defaults to what is given, for so many frames, and complains about what s does not know.
func (s *spec) fill(given map[string]int, frames int) (map[string]int, error) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, err := s.param(name)
		if err != nil {
			return nil, err
		}
		most := p.most
		if p.words != nil {
			most = len(p.words) - 1
		}
		v := given[name]
		if v < p.least || v > most {
			return nil, s.wrong(p, v)
		}
		if p.within != nil && frames > 0 && v > p.within(frames) {
			return nil, fmt.Errorf("parameter %s of replacement policy %s is %d: "+
				"must be from %d to %d with %d frames", name, s.name, v, p.least, p.within(frames), frames)
		}
	}
	all := make(map[string]int)
	for i := range s.params {
		p := &s.params[i]
		all[p.name] = p.def
		if p.of != nil {
			all[p.name] = p.of(frames)
		}
	}
	maps.Copy(all, given)
	return all, nil
}
