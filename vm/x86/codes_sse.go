package x86

// The SSE and MMX family's codes.
const (
	sseNone Code = iota + firstSSE
)
