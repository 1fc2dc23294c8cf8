package batch

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"memlab/paging/policy"
	"memlab/paging/sim"
)

// textbook is kind policy by the definitions of package policy.
func textbook(o *object) (any, error) {
	o.only("id", "kind", "policy", "params", "frames", "refs", "writes")
	name := o.text("policy")
	if o.err != nil {
		return nil, o.err
	}
	info, err := policy.Describe(name)
	if err != nil {
		return nil, err
	}
	frames := 1
	if !info.Unlimited {
		frames = o.size("frames", 1)
	} else if o.has("frames") {
		o.get("frames", "-0123456789", "a number, though this policy ignores it")
	}
	params := o.params()
	refs := o.uints("refs")
	writes := o.writes(len(refs))
	if o.err != nil {
		return nil, o.err
	}
	r, err := sim.Run(name, params, frames, refs, writes)
	if err != nil {
		return nil, err
	}
	evicted := make([][2]uint64, len(r.Evicted))
	for i, e := range r.Evicted {
		evicted[i] = [2]uint64{uint64(e.At), e.Page}
	}
	return struct {
		Hits     int         `json:"hits"`
		Faults   int         `json:"faults"`
		Events   string      `json:"events"`
		Evicted  [][2]uint64 `json:"evicted"`
		Resident []uint64    `json:"resident"`
	}{r.Hits, r.Faults, r.Events, evicted, r.Resident}, nil
}

// params are the parameters of a policy: numbers and words.
func (o *object) params() map[string]any {
	if !o.has("params") {
		return nil
	}
	in := o.object("params")
	all := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(in.fields)) {
		switch text := in.fields[name]; text[0] {
		case '"':
			all[name] = in.text(name)
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			v, err := strconv.ParseInt(string(text), 10, 64)
			if err != nil {
				in.fail("field %q is %s: must be an integer", "params."+shorten(name), shorten(string(text)))
			}
			all[name] = int(v)
		default:
			in.fail("field %q is %s: must be an integer or a word", "params."+shorten(name), typeName(text))
		}
	}
	o.take(in)
	return all
}

// writes says which references write; nil: none does.
func (o *object) writes(refs int) []bool {
	if !o.has("writes") {
		return nil
	}
	text := o.text("writes")
	if len(text) != refs || strings.Trim(text, "RW") != "" {
		o.fail("field %q: must be a string of R and W, one for each of %d references", "writes", refs)
		return nil
	}
	all := make([]bool, refs)
	for i := range all {
		all[i] = text[i] == 'W'
	}
	return all
}
