package ostep

import (
	"fmt"
	"math/big"

	"memlab/paging/sim/pyrandom"
)

// Draws is where random numbers come from.
type Draws interface {
	// Draw is the next number, at least 0 and less than 1; false: there are no more.
	Draw() (float64, bool)
}

// Python are the draws of a seed: they never end.
type Python struct{ source *pyrandom.Source }

// NewPython are the draws that follow random.seed(seed).
func NewPython(seed *big.Int) *Python { return &Python{pyrandom.NewBig(seed)} }

// Draw implements Draws.
func (p *Python) Draw() (float64, bool) { return p.source.Float64(), true }

// below is ⌊n·r⌋ for the next draw r.
func (p *Python) below(n uint64) uint64 { return uint64(float64(n) * p.source.Float64()) }

// Recorded are draws that somebody wrote down.
type Recorded struct{ Left []float64 }

// Draw implements Draws.
func (r *Recorded) Draw() (float64, bool) {
	if len(r.Left) == 0 {
		return 0, false
	}
	first := r.Left[0]
	r.Left = r.Left[1:]
	return first, true
}

// maxSeedDigits bounds the seeds that ParseSeed takes.
const maxSeedDigits = 1000

// ParseSeed reads a seed, an integer of any sign.
func ParseSeed(text string) (*big.Int, error) {
	if len(text) > maxSeedDigits {
		return nil, fmt.Errorf("a seed of %d characters: at most %d are allowed", len(text), maxSeedDigits)
	}
	seed, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return nil, fmt.Errorf("seed %q: must be an integer", text)
	}
	return seed, nil
}

// maxTries bounds how often a draw is repeated until it fits: a question may have no, or hardly any, answer.
const maxTries = 1 << 26

// until draws ⌊n·r⌋ until it is good.
func (p *Python) until(what string, n uint64, good func(v uint64) bool) (uint64, error) {
	for range maxTries {
		if v := p.below(n); good(v) {
			return v, nil
		}
	}
	return 0, fmt.Errorf("no %s found in %d draws: too little memory is free", what, maxTries)
}

// addresses draws count addresses of a space.
func (p *Python) addresses(count int, space uint64) []uint64 {
	all := make([]uint64, count)
	for i := range all {
		all[i] = p.below(space)
	}
	return all
}

// maxCount bounds how many addresses, references and operations a question has.
const maxCount = 1 << 20

func checkCount(what string, n int) error {
	if n < 0 || n > maxCount {
		return fmt.Errorf("%d %s: must be 0 to %d", n, what, maxCount)
	}
	return nil
}
