package linux

import "encoding/binary"

// splitmix is the generator of Steele, Lea and Flood ("Fast splittable pseudorandom number generators",
// 2014): small, seedable with any number, and good enough for what is not a secret.
type splitmix struct{ state uint64 }

func (s *splitmix) next() uint64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// fill fills b with random bytes.
func (s *splitmix) fill(b []byte) {
	var word [8]byte
	for len(b) > 0 {
		binary.LittleEndian.PutUint64(word[:], s.next())
		b = b[copy(b, word[:]):]
	}
}
