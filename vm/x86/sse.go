package x86

import "golang.org/x/arch/x86/x86asm"

// decodeSSE translates the instructions of the SSE and MMX family. It reports whether inst is one of them.
func decodeSSE(_ *x86asm.Inst, _ []byte, _ *Op) bool { return false }
