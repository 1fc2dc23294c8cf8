package x86

// The x87 family's codes.
const (
	x87None Code = iota + firstX87
)
