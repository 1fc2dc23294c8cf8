package cpu

// What the lane operations do to one element, and to a whole lane where that is quicker. D is the
// destination's element, s the source's.

// The top bits of all bytes, words and doublewords of a lane.
const (
	topB = 0x8080808080808080
	topW = 0x8000800080008000
	topD = 0x8000000080000000
)

// The sums keep carries from crossing elements: add without the top bits, then put those in by exclusive or.
func addB(d, s uint64) uint64 { return (d&^topB + s&^topB) ^ (d^s)&topB }
func addW(d, s uint64) uint64 { return (d&^topW + s&^topW) ^ (d^s)&topW }
func addD(d, s uint64) uint64 { return (d&^topD + s&^topD) ^ (d^s)&topD }

// The differences lend every element its top bit first, so that no borrow crosses.
func subB(d, s uint64) uint64 { return (d | topB - s&^topB) ^ (d^^s)&topB }
func subW(d, s uint64) uint64 { return (d | topW - s&^topW) ^ (d^^s)&topW }
func subD(d, s uint64) uint64 { return (d | topD - s&^topD) ^ (d^^s)&topD }

// spread fills each byte of m that has its top bit set with ones; the other bits of m are 0.
func spread(m uint64) uint64 { return m<<1 - m>>7 }

func cmpEqB(d, s uint64) uint64 {
	x := d ^ s
	// The top bit of each byte of t is set unless the byte of x is 0.
	t := (x&^topB + ^uint64(topB)) | x
	return spread(^t & topB)
}

// lessUB has the top bit of each byte set where the byte of d is below that of s.
func lessUB(d, s uint64) uint64 {
	// Top bits equal: the difference of the lower seven decides (its lent top bit is gone if it borrowed).
	t := d | topB - s&^topB
	return (^d&s | ^(d^s)&^t) & topB
}

func minUB(d, s uint64) uint64 {
	m := spread(lessUB(d, s))
	return d&m | s&^m
}

func maxUB(d, s uint64) uint64 {
	m := spread(lessUB(d, s))
	return s&m | d&^m
}

func satSB(v int) uint8         { return uint8(max(-0x80, min(0x7f, v))) }
func satSW(v int) uint16        { return uint16(max(-0x8000, min(0x7fff, v))) }
func satUB(v int) uint8         { return uint8(max(0, min(0xff, v))) }
func satUW(v int) uint16        { return uint16(max(0, min(0xffff, v))) }
func addSB(d, s uint8) uint8    { return satSB(int(int8(d)) + int(int8(s))) }
func subSB(d, s uint8) uint8    { return satSB(int(int8(d)) - int(int8(s))) }
func addUSB(d, s uint8) uint8   { return satUB(int(d) + int(s)) }
func subUSB(d, s uint8) uint8   { return satUB(int(d) - int(s)) }
func addSW(d, s uint16) uint16  { return satSW(int(int16(d)) + int(int16(s))) }
func subSW(d, s uint16) uint16  { return satSW(int(int16(d)) - int(int16(s))) }
func addUSW(d, s uint16) uint16 { return satUW(int(d) + int(s)) }
func subUSW(d, s uint16) uint16 { return satUW(int(d) - int(s)) }

func cmpEqW(d, s uint16) uint16 { return uint16(ones(d == s)) }
func cmpEqD(d, s uint32) uint32 { return uint32(ones(d == s)) }
func cmpGtB(d, s uint8) uint8   { return uint8(ones(int8(d) > int8(s))) }
func cmpGtW(d, s uint16) uint16 { return uint16(ones(int16(d) > int16(s))) }
func cmpGtD(d, s uint32) uint32 { return uint32(ones(int32(d) > int32(s))) }

func minUW(d, s uint16) uint16 { return min(d, s) }
func maxUW(d, s uint16) uint16 { return max(d, s) }
func minUD(d, s uint32) uint32 { return min(d, s) }
func maxUD(d, s uint32) uint32 { return max(d, s) }
func minSB(d, s uint8) uint8   { return uint8(min(int8(d), int8(s))) }
func maxSB(d, s uint8) uint8   { return uint8(max(int8(d), int8(s))) }
func minSW(d, s uint16) uint16 { return uint16(min(int16(d), int16(s))) }
func maxSW(d, s uint16) uint16 { return uint16(max(int16(d), int16(s))) }
func minSD(d, s uint32) uint32 { return uint32(min(int32(d), int32(s))) }
func maxSD(d, s uint32) uint32 { return uint32(max(int32(d), int32(s))) }
func avgB(d, s uint8) uint8    { return uint8((uint(d) + uint(s) + 1) >> 1) }
func avgW(d, s uint16) uint16  { return uint16((uint(d) + uint(s) + 1) >> 1) }

func mulLW(d, s uint16) uint16   { return d * s }
func mulHW(d, s uint16) uint16   { return uint16(int32(int16(d)) * int32(int16(s)) >> 16) }
func mulHUW(d, s uint16) uint16  { return uint16(uint32(d) * uint32(s) >> 16) }
func mulHRSW(d, s uint16) uint16 { return uint16((int32(int16(d))*int32(int16(s))>>14 + 1) >> 1) }
func mulLD(d, s uint32) uint32   { return d * s }

func mAddWD(d, s uint64) (r uint64) {
	for i := 0; i < 64; i += 32 {
		lo := int32(int16(d>>i)) * int32(int16(s>>i))
		hi := int32(int16(d>>(i+16))) * int32(int16(s>>(i+16)))
		r |= uint64(uint32(lo+hi)) << i
	}
	return r
}

// mAddUBSW multiplies the unsigned bytes of d with the signed ones of s.
func mAddUBSW(d, s uint16) uint16 {
	return satSW(int(d&0xff)*int(int8(s)) + int(d>>8)*int(int8(s>>8)))
}

func sadBW(d, s uint64) (r uint64) {
	for i := 0; i < 64; i += 8 {
		r += absDiff(uint8(d>>i), uint8(s>>i))
	}
	return r
}

func absDiff(a, b uint8) uint64 { return uint64(max(a, b) - min(a, b)) }

// The sign functions give d the sign of s; PABSx is s with its own sign.
func signB(d, s uint8) uint8 {
	switch {
	case int8(s) < 0:
		return -d
	case s == 0:
		return 0
	}
	return d
}

func signW(d, s uint16) uint16 {
	switch {
	case int16(s) < 0:
		return -d
	case s == 0:
		return 0
	}
	return d
}

func signD(d, s uint32) uint32 {
	switch {
	case int32(s) < 0:
		return -d
	case s == 0:
		return 0
	}
	return d
}

func shlW(d, n uint16) uint16 { return d << n }
func shlD(d, n uint32) uint32 { return d << n }
func shrW(d, n uint16) uint16 { return d >> n }
func shrD(d, n uint32) uint32 { return d >> n }
func sarW(d, n uint16) uint16 { return uint16(int16(d) >> n) }
func sarD(d, n uint32) uint32 { return uint32(int32(d) >> n) }

// moveMask gathers the top bits of the eight bytes.
func moveMask(v uint64) uint64 { return (v & topB >> 7) * 0x0102040810204080 >> 56 }
