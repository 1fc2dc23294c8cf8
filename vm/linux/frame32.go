package linux

import (
	"encoding/binary"

	"memlab/paging/addr"
	"memlab/vm/cpu"
	"memlab/vm/x86"
)

// The frames of handlers that an i386 call has set (arch/x86/include/asm/sigframe.h,
// arch/x86/kernel/signal_32.c). With SA_SIGINFO, from the lowest address up:
//
//	0    return address: the restorer, which calls rt_sigreturn         ESP, 4 below a multiple of 16
//	4    signal, address of the siginfo, address of the ucontext
//	16   siginfo, 128 bytes                                                             EDX
//	144  ucontext: flags, link, altstack (12 bytes), sigcontext (88), signal mask       ECX
//	260  code that calls rt_sigreturn, for debuggers to recognise
//	...  alignment
//	     FNSAVE image and two words, 112 bytes; FXSAVE image, 512 bytes, aligned to 64
//
// and without it:
//
//	0    return address: the restorer, which pops the signal and calls sigreturn        ESP
//	4    signal
//	8    sigcontext, 88 bytes
//	96   room for an FXSAVE image that is not used
//	720  upper half of the signal mask
//	724  code that calls sigreturn
const (
	rtInfo32    = 16
	rtUC32      = 144
	rtContext32 = rtUC32 + 20
	rtMask32    = rtUC32 + 108
	rtCode32    = 260
	rtSize32    = 268

	oldContext32 = 8
	oldMask32    = 720
	oldCode32    = 724
	oldSize32    = 732

	contextSize32 = 88
	fsaveSize32   = 112

	userCS32 = 0x23
)

// Places in a sigcontext of i386, each a word.
const (
	scSegments = 0 // GS, FS, ES, DS
	scRegs     = 16
	scTrapNo   = 48
	scErr      = 52
	scIP       = 56
	scCS       = 60
	scFlags    = 64
	scSPSignal = 68
	scSS       = 72
	scFPState  = 76
	scOldMask  = 80
	scCR2      = 84
)

// contextRegs is the order of registers in i386's sigcontext.
func contextRegs() [8]int {
	return [...]int{x86.RDI, x86.RSI, x86.RBP, x86.RSP, x86.RBX, x86.RDX, x86.RCX, x86.RAX}
}

// contextSegments is the order of segment registers in it, as encoded.
func contextSegments() [4]int { return [...]int{cpu.SegGS, cpu.SegFS, cpu.SegES, cpu.SegDS} }

// pushFrame32 is pushFrame for a handler that an i386 call has set.
func (k *Kernel) pushFrame32(t *Task, i sigInfo, a Action) bool {
	c, m := t.CPU, t.Process.Space
	sp := c.Regs[x86.RSP]
	onAlt := t.alt.holds(sp)
	if a.Flags&saOnStack != 0 && t.alt.enabled() && !onAlt {
		sp = t.alt.sp + t.alt.size
	}
	var fx [fxSize]byte
	t.Processor.FXSave(&fx)
	fxAt := (sp - fxSize) &^ 63
	fpState := fxAt - fsaveSize32
	size, restorer := uint64(oldSize32), t.Process.sigreturn
	if a.Flags&saSigInfo != 0 {
		size, restorer = rtSize32, t.Process.rtSigreturn
	}
	base := (fpState-size+4)&^15 - 4
	if (a.Flags&saOnStack != 0 || onAlt) && t.alt.holds(sp-1) && !t.alt.holds(base) {
		return false // the alternate stack is too small
	}
	if a.Flags&saRestorer != 0 {
		restorer = a.Restorer
	}
	frame := t.frame32(i, a, base, fpState)
	binary.LittleEndian.PutUint32(frame, uint32(restorer))
	legacy := t.fsaveHeader(&fx)
	if !inRange(base, sp-base) || m.Write(addr.VAddr(fpState), legacy[:]) != fsaveSize32 ||
		m.Write(addr.VAddr(fxAt), fx[:]) != fxSize || m.Write(addr.VAddr(base), frame) != len(frame) {
		k.faulted(t.Process)
		return false
	}
	c.SetMode(true)
	for _, seg := range [...]int{cpu.SegDS, cpu.SegES, cpu.SegSS} {
		c.SetSegment(seg, userSS)
	}
	c.Regs[x86.RAX], c.Regs[x86.RDX], c.Regs[x86.RCX] = uint64(i.sig), 0, 0
	if a.Flags&saSigInfo != 0 {
		c.Regs[x86.RDX], c.Regs[x86.RCX] = base+rtInfo32, base+rtUC32
	}
	c.Regs[x86.RSP], c.RIP = uint64(uint32(base)), uint64(uint32(a.Handler))
	t.Processor.SetRFlags(t.Processor.RFlags() &^ flagsReset)
	t.Processor.ResetFPU()
	return true
}

// frame32 is the bytes of the frame at base, but for its return address.
func (t *Task) frame32(i sigInfo, a Action, base, fpState uint64) []byte {
	le := binary.LittleEndian
	mask := t.mask
	if t.restoreSaved {
		mask = t.savedMask
	}
	if a.Flags&saSigInfo == 0 {
		f := make([]byte, oldSize32)
		le.PutUint32(f[4:], uint32(i.sig))
		t.context32(f[oldContext32:], mask, fpState)
		le.PutUint32(f[oldMask32:], uint32(mask>>32))
		copy(f[oldCode32:], "\x58\xb8\x77\x00\x00\x00\xcd\x80") // pop eax; mov eax, 119; int 0x80
		return f
	}
	f := make([]byte, rtSize32)
	le.PutUint32(f[4:], uint32(i.sig))
	le.PutUint32(f[8:], uint32(base+rtInfo32))
	le.PutUint32(f[12:], uint32(base+rtUC32))
	info := narrowInfo(i.bytes())
	copy(f[rtInfo32:], info[:])
	for n, v := range [...]uint64{t.alt.sp, uint64(t.alt.flags), t.alt.size} {
		le.PutUint32(f[rtUC32+8+4*n:], uint32(v)) // flags and link are 0
	}
	t.context32(f[rtContext32:], mask, fpState)
	le.PutUint64(f[rtMask32:], uint64(mask))
	copy(f[rtCode32:], "\xb8\xad\x00\x00\x00\xcd\x80\x00") // mov eax, 173; int 0x80
	return f
}

// context32 fills in a sigcontext.
func (t *Task) context32(f []byte, mask SigSet, fpState uint64) {
	c := t.CPU
	put := func(at int, v uint64) { binary.LittleEndian.PutUint32(f[at:], uint32(v)) }
	for n, seg := range contextSegments() {
		put(scSegments+4*n, uint64(c.Sel[seg]))
	}
	for n, r := range contextRegs() {
		put(scRegs+4*n, c.Regs[r])
	}
	put(scTrapNo, t.trap.number)
	put(scErr, t.trap.code)
	put(scIP, c.RIP)
	put(scCS, uint64(c.Sel[cpu.SegCS]))
	put(scFlags, t.frameFlags())
	put(scSPSignal, c.Regs[x86.RSP])
	put(scSS, uint64(c.Sel[cpu.SegSS]))
	put(scFPState, fpState)
	put(scOldMask, uint64(mask))
	put(scCR2, t.trap.cr2)
}

// narrowInfo makes i386's siginfo_t of x86-64's: three words, and behind them the fields without padding
// (kernel/signal.c, copy_siginfo_to_external32).
func narrowInfo(b [128]byte) (n [128]byte) {
	copy(n[:12], b[:12])
	sig, code := binary.LittleEndian.Uint32(b[0:]), int32(binary.LittleEndian.Uint32(b[8:]))
	switch {
	case sig == SIGCHLD && code > 0: // pid, uid, status, two times
		copy(n[12:24], b[16:28])
		copy(n[24:28], b[32:36])
		copy(n[28:32], b[40:44])
	case code > 0 && code < siKernel && setOf(SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP).has(int(sig)):
		copy(n[12:16], b[16:20]) // an address, and what is known of it
		copy(n[16:20], b[24:28])
	default: // two words, and a value
		copy(n[12:20], b[16:24])
		copy(n[20:24], b[24:28])
	}
	return n
}

// wideInfo makes x86-64's siginfo_t of i386's that a program sends along: two words, and a value.
func wideInfo(n [128]byte) (b [128]byte) {
	copy(b[:12], n[:12])
	copy(b[16:24], n[12:20])
	copy(b[24:28], n[20:24])
	return b
}

// infoBytes is the siginfo_t that the call has.
func (c *call) infoBytes(i sigInfo) [128]byte {
	if c.abi == ABI32 {
		return narrowInfo(i.bytes())
	}
	return i.bytes()
}

// popFrame32 puts back what a frame with a siginfo holds. The handler's RET has taken the return address.
func (k *Kernel) popFrame32(t *Task) bool {
	f, ok := k.readFrame32(t, 4, rtSize32)
	if !ok {
		return false
	}
	t.mask = SigSet(binary.LittleEndian.Uint64(f[rtMask32:])) &^ unblockable()
	if !k.restore32(t, f[rtContext32:]) {
		return false
	}
	word := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(f[rtUC32+at:])) }
	_ = t.alt.set(word(8), word(12), word(16), t.CPU.Regs[x86.RSP]) // an error changes nothing, as in Linux
	return true
}

// popOldFrame32 puts back what a frame without one holds. The restorer has taken the signal, too.
func (k *Kernel) popOldFrame32(t *Task) bool {
	f, ok := k.readFrame32(t, 8, oldSize32)
	if !ok {
		return false
	}
	low := binary.LittleEndian.Uint32(f[oldContext32+scOldMask:])
	high := binary.LittleEndian.Uint32(f[oldMask32:])
	t.mask = SigSet(uint64(high)<<32|uint64(low)) &^ unblockable()
	return k.restore32(t, f[oldContext32:])
}

// readFrame32 reads the frame that begins below the stack pointer.
func (k *Kernel) readFrame32(t *Task, below uint64, size int) ([]byte, bool) {
	f := make([]byte, size)
	base := t.CPU.Regs[x86.RSP] - below
	if !inRange(base, uint64(size)) || t.Process.Space.Read(addr.VAddr(base), f) != size {
		k.faulted(t.Process)
		return nil, false
	}
	return f, true
}

// restore32 loads the registers from a sigcontext. The code segment decides which mode the program is in.
func (k *Kernel) restore32(t *Task, f []byte) bool {
	c := t.CPU
	get := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(f[at:])) }
	cs := uint16(get(scCS)) | 3
	if cs != userCS && cs != userCS32 || uint16(get(scSS))|3 != userSS {
		return false
	}
	if !k.restoreFPU32(t, get(scFPState)) {
		return false
	}
	for n, seg := range contextSegments() {
		sel := uint16(get(scSegments + 4*n))
		if sel > 3 { // arch/x86/kernel/signal_32.c, fixup_rpl
			sel |= 3
		}
		if sel != c.Sel[seg] {
			c.SetSegment(seg, sel)
		}
	}
	for n, r := range contextRegs() {
		c.Regs[r] = get(scRegs + 4*n)
	}
	c.RIP = get(scIP)
	c.SetMode(cs == userCS32)
	t.Processor.SetRFlags(t.Processor.RFlags()&^restorable | get(scFlags)&restorable)
	return true
}

// restoreFPU32 loads the floating-point state: x87's from the FNSAVE image, SSE's from the other.
func (k *Kernel) restoreFPU32(t *Task, at uint64) bool {
	if at == 0 {
		t.Processor.ResetFPU()
		return true
	}
	var b [fsaveSize32 + fxSize]byte
	if !inRange(at, uint64(len(b))) || t.Process.Space.Read(addr.VAddr(at), b[:]) != len(b) {
		k.faulted(t.Process)
		return false
	}
	fx := [fxSize]byte(b[fsaveSize32:])
	mergeFSave(&fx, b[:fsaveSize32])
	return t.Processor.FXRestore(&fx)
}
