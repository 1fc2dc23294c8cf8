// Package pyrandom is the random generator of Python's random module, for exercises that were written with
// it: the same seed gives the same numbers, bit for bit, as random.seed(n) and random.random() of CPython 2.7
// to 3.13. It is a leaf: it imports the standard library only.
//
// Beneath is the Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998): 624 words of
// state, replaced all at once when they have been used up, and each word tempered on its way out.
//
//	seed → words, least significant first → mix (init_by_array) → state → twist → temper → two words → [0,1)
package pyrandom

import "math/big"

// The numbers of MT19937.
const (
	words  = 624        // of state
	offset = 397        // of the word that is mixed in
	matrix = 0x9908b0df // the twist, when the lowest bit is set
	upper  = 0x80000000 // the bit that comes from the one word; the 31 below it come from the next
)

// Source is one generator. It is not for concurrent use.
type Source struct {
	state [words]uint32
	next  int // the word that comes next; words: all have been used
}

// New is the generator after random.seed(seed). A negative seed counts by its absolute value, as Python has
// it.
func New(seed int64) *Source { return NewBig(big.NewInt(seed)) }

// NewBig is New for a seed of any size.
func NewBig(seed *big.Int) *Source {
	bytes := new(big.Int).Abs(seed).Bytes() // most significant first
	key := make([]uint32, max(1, (len(bytes)+3)/4))
	for i, b := range bytes {
		at := len(bytes) - 1 - i
		key[at/4] |= uint32(b) << (8 * (at % 4))
	}
	s := &Source{next: words}
	s.mix(key)
	return s
}

// mix is init_by_array: a state from a fixed start, into which every word of the key is worked, then a second
// pass without the key so that each word depends on all.
func (s *Source) mix(key []uint32) {
	m := &s.state
	m[0] = 19650218
	for i := 1; i < words; i++ {
		m[i] = 1812433253*(m[i-1]^m[i-1]>>30) + uint32(i)
	}
	i, j := 1, 0
	step := func() {
		if i++; i == words {
			m[0], i = m[words-1], 1
		}
	}
	for range max(words, len(key)) {
		m[i] = (m[i] ^ (m[i-1]^m[i-1]>>30)*1664525) + key[j] + uint32(j)
		step()
		if j++; j == len(key) {
			j = 0
		}
	}
	for range words - 1 {
		m[i] = (m[i] ^ (m[i-1]^m[i-1]>>30)*1566083941) - uint32(i)
		step()
	}
	m[0] = upper // so that the state is not all zeros
}

// twist replaces the state.
func (s *Source) twist() {
	m := &s.state
	for i := range m {
		y := m[i]&upper | m[(i+1)%words]&^upper
		m[i] = m[(i+offset)%words] ^ y>>1
		if y&1 != 0 {
			m[i] ^= matrix
		}
	}
	s.next = 0
}

// Uint32 is the next word: Python's getrandbits(32).
func (s *Source) Uint32() uint32 {
	if s.next == words {
		s.twist()
	}
	y := s.state[s.next]
	s.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// Float64 is the next number in [0,1): Python's random(), a multiple of 2^-53 made of two words.
func (s *Source) Float64() float64 {
	high, low := s.Uint32()>>5, s.Uint32()>>6
	return (float64(high)*(1<<26) + float64(low)) / (1 << 53)
}
