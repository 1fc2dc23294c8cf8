package linux

import (
	"encoding/binary"

	"memlab/paging/addr"
	"memlab/vm/cpu"
	"memlab/vm/x86"
)

// A handler's frame, from its lowest address up (arch/x86/include/asm/sigframe.h,
// arch/x86/kernel/signal_64.c):
//
//	0    return address: the restorer, which calls rt_sigreturn         RSP, 8 below a multiple of 16
//	8    ucontext: flags, link, altstack (24 bytes), registers (256), signal mask       RDX
//	312  siginfo, 128 bytes                                                             RSI
//	...  up to 64 bytes of alignment
//	     FXSAVE image, 512 bytes, aligned to 64
//	     the interrupted stack's red zone, 128 bytes
const (
	frameUC    = 8
	frameInfo  = 312
	frameSize  = 440
	ucStack    = frameUC + 16
	ucRegs     = frameUC + 40
	ucCS       = ucRegs + 144
	ucErr      = ucRegs + 152
	ucTrapNo   = ucRegs + 160
	ucOldMask  = ucRegs + 168
	ucCR2      = ucRegs + 176
	ucFPState  = ucRegs + 184
	ucMask     = ucRegs + 256
	redZone    = 128
	fxSize     = 512
	userCS     = 0x33
	userSS     = 0x2b
	flagRF     = 1 << 16
	flagsReset = 1<<8 | 1<<10 | flagRF // TF, DF, RF: clear in a handler

	// ucFlags is UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS; UC_FP_XSTATE only comes with XSAVE.
	ucFlags = 6
)

// trap is what the last fault left in the thread: the frame shows it (thread_struct's trap_nr, error_code,
// cr2).
type trap struct{ number, code, cr2 uint64 }

// frameRegs is the order of registers in sigcontext.
func frameRegs() [16]int {
	return [...]int{
		x86.R8, x86.R9, x86.R10, x86.R11, x86.R12, x86.R13, x86.R14, x86.R15,
		x86.RDI, x86.RSI, x86.RBP, x86.RBX, x86.RDX, x86.RAX, x86.RCX, x86.RSP,
	}
}

// pushFrame writes the frame and sets the registers for the handler. It reports false if it cannot be
// written.
func (k *Kernel) pushFrame(t *Task, i sigInfo, a Action) bool {
	if a.abi == ABI32 {
		return k.pushFrame32(t, i, a)
	}
	c, m := t.CPU, t.Process.Space
	if a.Flags&saRestorer == 0 {
		return false // x86-64 has no other way back
	}
	sp, ok := t.frameStack(a)
	if !ok {
		return false
	}
	var fx [fxSize]byte
	t.Processor.FXSave(&fx)
	fpState := (sp - fxSize) &^ 63
	base := (fpState-frameSize)&^15 - 8
	if a.Flags&saOnStack != 0 && t.alt.holds(sp-1) && !t.alt.holds(base) {
		return false // the alternate stack is too small
	}
	frame := t.frame(i, a, fpState)
	if !inRange(base, sp-base) ||
		m.Write(addr.VAddr(fpState), fx[:]) != fxSize || m.Write(addr.VAddr(base), frame[:]) != frameSize {
		k.faulted(t.Process)
		return false
	}
	c.SetMode(false)
	c.SetSegment(cpu.SegSS, userSS)
	c.Regs[x86.RDI], c.Regs[x86.RSI], c.Regs[x86.RDX] = uint64(i.sig), base+frameInfo, base+frameUC
	c.Regs[x86.RAX] = 0
	c.Regs[x86.RSP] = base
	c.RIP = a.Handler
	t.Processor.SetRFlags(t.Processor.RFlags() &^ flagsReset)
	t.Processor.ResetFPU()
	return true
}

// frameStack is where the frame is put below: the alternate stack if the action asks for it and it is not
// in use.
func (t *Task) frameStack(a Action) (sp uint64, ok bool) {
	sp = t.CPU.Regs[x86.RSP] - redZone
	onAlt := t.alt.holds(t.CPU.Regs[x86.RSP])
	if a.Flags&saOnStack != 0 && t.alt.enabled() && !onAlt {
		return t.alt.sp + t.alt.size, true
	}
	return sp, !onAlt || t.alt.holds(sp)
}

// frame is the bytes of the frame without the FXSAVE image.
func (t *Task) frame(i sigInfo, a Action, fpState uint64) (f [frameSize]byte) {
	put := func(at int, v uint64) { binary.LittleEndian.PutUint64(f[at:], v) }
	put(0, a.Restorer)
	put(frameUC, ucFlags)
	put(ucStack, t.alt.sp)
	put(ucStack+8, uint64(t.alt.flags))
	put(ucStack+16, t.alt.size)
	for n, r := range frameRegs() {
		put(ucRegs+8*n, t.CPU.Regs[r])
	}
	put(ucRegs+128, t.CPU.RIP)
	put(ucRegs+136, t.frameFlags())
	binary.LittleEndian.PutUint16(f[ucCS:], t.CPU.Sel[cpu.SegCS])
	binary.LittleEndian.PutUint16(f[ucCS+6:], t.CPU.Sel[cpu.SegSS])
	put(ucErr, t.trap.code)
	put(ucTrapNo, t.trap.number)
	mask := t.mask
	if t.restoreSaved {
		mask = t.savedMask
	}
	put(ucOldMask, uint64(mask))
	put(ucCR2, t.trap.cr2)
	put(ucFPState, fpState)
	put(ucMask, uint64(mask))
	if a.Flags&saSigInfo != 0 {
		info := i.bytes()
		copy(f[frameInfo:], info[:])
	}
	return f
}

// frameFlags are the flags that a frame shows. A fault leaves RF in them (SDM Vol. 3, 17.3.1.1).
func (t *Task) frameFlags() uint64 {
	v := t.Processor.RFlags()
	if t.faulted {
		v |= flagRF
	}
	t.faulted = false
	return v
}

// bytes is the siginfo_t of i.
func (i sigInfo) bytes() (b [128]byte) {
	if i.raw != nil {
		return *i.raw
	}
	binary.LittleEndian.PutUint32(b[0:], uint32(i.sig))
	binary.LittleEndian.PutUint32(b[8:], uint32(i.code))
	switch {
	case i.code == siTimer:
		binary.LittleEndian.PutUint32(b[16:], uint32(i.pid))
		binary.LittleEndian.PutUint32(b[20:], uint32(i.overrun))
		binary.LittleEndian.PutUint64(b[24:], i.value)
	case i.sig == SIGCHLD && i.code > 0:
		i.childBytes(b[16:])
	case i.code == siUser || i.code == siTkill:
		binary.LittleEndian.PutUint32(b[16:], uint32(i.pid))
		binary.LittleEndian.PutUint32(b[20:], i.uid)
	default:
		binary.LittleEndian.PutUint64(b[16:], i.addr)
	}
	return b
}

// restorable are the flags that a frame can set: AC OF DF TF SF ZF AF PF CF RF (arch/x86/kernel/signal.c,
// FIX_EFLAGS).
const restorable = 1<<18 | 1<<11 | 1<<10 | 1<<8 | 1<<7 | 1<<6 | 1<<4 | 1<<2 | 1<<0 | 1<<16

// popFrame puts back what a frame holds. It reports false if the frame cannot be read or is no frame.
func (k *Kernel) popFrame(t *Task) bool {
	var f [frameSize]byte
	m := t.Process.Space
	base := t.CPU.Regs[x86.RSP] - 8 // the handler's RET has taken the return address
	if !inRange(base, frameSize) || m.Read(addr.VAddr(base), f[:]) != frameSize {
		k.faulted(t.Process)
		return false
	}
	get := func(at int) uint64 { return binary.LittleEndian.Uint64(f[at:]) }
	var fx [fxSize]byte
	if fpState := get(ucFPState); fpState != 0 {
		if !inRange(fpState, fxSize) || m.Read(addr.VAddr(fpState), fx[:]) != fxSize {
			k.faulted(t.Process)
			return false
		}
		if !t.Processor.FXRestore(&fx) {
			return false
		}
	} else {
		t.Processor.ResetFPU()
	}
	t.mask = SigSet(get(ucMask)) &^ unblockable()
	for n, r := range frameRegs() {
		t.CPU.Regs[r] = get(ucRegs + 8*n)
	}
	t.CPU.RIP = get(ucRegs + 128)
	t.Processor.SetRFlags(t.Processor.RFlags()&^restorable | get(ucRegs+136)&restorable)
	sp := t.CPU.Regs[x86.RSP]
	_ = t.alt.set(get(ucStack), get(ucStack+8), get(ucStack+16), sp) // an error changes nothing, as in Linux
	cs := binary.LittleEndian.Uint16(f[ucCS:]) | 3
	t.CPU.SetMode(cs == userCS32)
	return cs == userCS || cs == userCS32
}
