package x86

// The integer family's codes.
const (
	Undefined   Code = iota + firstInt // raises #UD
	Unsupported                        // known to the processor, not to memlab: ends the run with its name
)
