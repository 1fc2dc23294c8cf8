package batch

import (
	"fmt"
	"strconv"
	"strings"

	"memlab/paging/sim"
	"memlab/paging/sim/ostep"
)

// rulesOSTEP are the rules of the book's simulator, in place of the definitions that papers give.
const rulesOSTEP = "ostep"

// replacement is kind policy.
func replacement(o *object) (any, error) {
	if !o.has("rules") {
		return textbook(o)
	}
	if rules := o.text("rules"); o.err == nil && !strings.EqualFold(rules, rulesOSTEP) {
		return nil, fmt.Errorf("rules %q: must be %q, or left out", shorten(rules), rulesOSTEP)
	}
	q := ostep.Paging{Policy: strings.ToUpper(o.text("policy"))}
	allowed := []string{"id", "kind", "rules", "policy", "frames", "refs"}
	if ostep.NeedsDraws(q.Policy) {
		allowed = append(allowed, "rng")
	}
	if q.Policy == ostep.CLOCK {
		allowed = append(allowed, "clockbits")
		q.ClockBits = o.size("clockbits", 0)
	}
	o.only(allowed...)
	q.Frames, q.Refs = o.size("frames", 1), o.uints("refs")
	var d ostep.Draws
	if ostep.NeedsDraws(q.Policy) {
		d = draws(o)
	}
	if o.err != nil {
		return nil, o.err
	}
	return q.Run(d)
}

// draws are the random numbers of field rng: from the seed, or if there is none those that are listed.
func draws(o *object) ostep.Draws {
	rng := o.object("rng")
	defer o.take(rng)
	rng.only("python_seed", "draws")
	var listed []float64
	if rng.has("draws") {
		for i, text := range rng.array("draws", "numbers") {
			r, err := strconv.ParseFloat(string(text), 64)
			if err != nil || r < 0 || r >= 1 {
				rng.fail("field %q, element %d, is %s: must be a number of at least 0 and less than 1",
					"rng.draws", i, shorten(string(text)))
			}
			listed = append(listed, r)
		}
		if !rng.has("python_seed") {
			return &ostep.Recorded{Left: listed}
		}
	}
	text := rng.get("python_seed", "-0123456789", "an integer")
	if text == nil {
		return nil
	}
	seed, err := ostep.ParseSeed(string(text))
	if err != nil {
		rng.fail("field %q: %w", "rng.python_seed", err)
		return nil
	}
	return ostep.NewPython(seed)
}

// curve is the answer of kind curve: faults for 1, 2, … frames, and what they follow from.
func curve(o *object) (any, error) {
	o.only("id", "kind", "refs")
	refs := o.uints("refs")
	if o.err != nil {
		return nil, o.err
	}
	lru, opt := sim.LRUCurve(refs), sim.OPTCurve(refs)
	return struct {
		Distinct    int   `json:"distinct"`
		LRUFaults   []int `json:"lru_faults"`
		OPTFaults   []int `json:"opt_faults"`
		LRUDistance []int `json:"lru_distance"`
		OPTDistance []int `json:"opt_distance"`
	}{len(lru.Faults), lru.Faults, opt.Faults, lru.Distances, opt.Distances}, nil
}
