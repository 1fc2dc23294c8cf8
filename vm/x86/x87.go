package x86

import "golang.org/x/arch/x86/x86asm"

// decodeX87 translates the instructions of the x87 family. It reports whether inst is one of them.
func decodeX87(_ *x86asm.Inst, _ []byte, _ *Op) bool { return false }
