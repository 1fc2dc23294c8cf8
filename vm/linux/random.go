package linux

import "encoding/binary"

// SplitMix is the generator of Steele, Lea and Flood ("Fast splittable pseudorandom number generators",
// 2014): small, seedable with any number, and good enough for what is not a secret.
type SplitMix struct{ State uint64 }

// Next is the next random number.
func (s *SplitMix) Next() uint64 {
	s.State += 0x9e3779b97f4a7c15
	z := s.State
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Fill fills b with random bytes.
func (s *SplitMix) Fill(b []byte) {
	var word [8]byte
	for len(b) > 0 {
		binary.LittleEndian.PutUint64(word[:], s.Next())
		b = b[copy(b, word[:]):]
	}
}
