package linux

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/vm/cpu"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
	"memlab/vm/x86"
)

// fakeSpace is memory of a few ranges: what a system call needs of an address space, and nothing more.
type fakeSpace struct {
	areas []area.Area
	bytes map[addr.VAddr][]byte // by start of area
	calls []string              // what the mapper was asked
	err   error                 // what it answers
	fault paging.Fault
}

const (
	bufAt   = 0x10000 // two pages, readable and writable; a hole behind them
	roAt    = 0x20000 // one page, read only
	holeAt  = 0x30000
	stackAt = 0x7fff0000 // 16 pages
)

func newSpace() *fakeSpace {
	s := &fakeSpace{bytes: map[addr.VAddr][]byte{}}
	s.add(area.Area{Start: bufAt, End: bufAt + 0x2000, Prot: addr.ProtRead | addr.ProtWrite})
	s.add(area.Area{Start: roAt, End: roAt + 0x1000, Prot: addr.ProtRead})
	s.add(area.Area{
		Start: stackAt, End: stackAt + 0x10000, Prot: addr.ProtRead | addr.ProtWrite, Flags: area.GrowsDown,
	})
	return s
}

func (s *fakeSpace) add(a area.Area) {
	s.areas = append(s.areas, a)
	s.bytes[a.Start] = make([]byte, a.End-a.Start)
}

func (s *fakeSpace) move(va addr.VAddr, b []byte, acc addr.Access) int {
	done := 0
	for done < len(b) {
		i := slices.IndexFunc(s.areas, func(a area.Area) bool { return a.Start <= va && va < a.End })
		if i < 0 || !s.areas[i].Prot.Allows(acc) {
			return done
		}
		mem := s.bytes[s.areas[i].Start][va-s.areas[i].Start:]
		var n int
		if acc == addr.Write {
			n = copy(mem, b[done:])
		} else {
			n = copy(b[done:], mem)
		}
		done += n
		va += addr.VAddr(n)
	}
	return done
}

func (s *fakeSpace) Read(va addr.VAddr, b []byte) int  { return s.move(va, b, addr.Read) }
func (s *fakeSpace) Write(va addr.VAddr, b []byte) int { return s.move(va, b, addr.Write) }
func (s *fakeSpace) LastFault() paging.Fault           { return s.fault }
func (s *fakeSpace) Areas() []area.Area                { return s.areas }

func (s *fakeSpace) asked(what string) error {
	s.calls = append(s.calls, what)
	return s.err
}

func (s *fakeSpace) Map(r area.Request) (addr.VAddr, error) { return r.Addr, s.asked("map") }
func (s *fakeSpace) Unmap(addr.VAddr, uint64) error         { return s.asked("unmap") }
func (s *fakeSpace) Brk(to addr.VAddr) addr.VAddr           { return to }
func (s *fakeSpace) Resident(addr.VAddr) bool               { return true }
func (s *fakeSpace) Mlock(addr.VAddr, uint64, bool) error   { return s.asked("mlock") }
func (s *fakeSpace) Munlock(addr.VAddr, uint64) error       { return s.asked("munlock") }
func (s *fakeSpace) MlockAll(flags int) error               { return s.asked("mlockall") }
func (s *fakeSpace) Msync(start addr.VAddr, n uint64, _ int) error {
	return errors.Join(s.asked("msync"), s.hole(start, n))
}

func (s *fakeSpace) Advise(start addr.VAddr, n uint64, a paging.Advice) error {
	return errors.Join(s.asked(fmt.Sprintf("advise %d", a)), s.hole(start, n))
}

// hole is ENOMEM if the last byte of the range is not mapped.
func (s *fakeSpace) hole(start addr.VAddr, n uint64) error {
	if s.Read(start+addr.VAddr(n)-1, make([]byte, 1)) == 0 {
		return area.ENOMEM
	}
	return nil
}

func (s *fakeSpace) Protect(addr.VAddr, uint64, addr.Prot) error {
	return s.asked("protect")
}

func (s *fakeSpace) Remap(_ addr.VAddr, _, _ uint64, _ uint32, to addr.VAddr) (addr.VAddr, error) {
	return to, s.asked("remap")
}

// put writes bytes where no program could, rights aside.
func (s *fakeSpace) put(va addr.VAddr, b []byte) {
	for _, a := range s.areas {
		if a.Start <= va && va < a.End {
			copy(s.bytes[a.Start][va-a.Start:], b)
		}
	}
}

func (s *fakeSpace) get(va addr.VAddr, n int) []byte {
	b := make([]byte, n)
	s.Read(va, b)
	return b
}

func (s *fakeSpace) word(va addr.VAddr) uint64 { return binary.LittleEndian.Uint64(s.get(va, 8)) }

type fakeClock struct{ now uint64 }

func (c *fakeClock) Now() uint64     { return c.now }
func (c *fakeClock) Sleep(ns uint64) { c.now += ns }

// fakeFPU has an FXSAVE image and flags.
type fakeFPU struct {
	flags  uint64
	image  [512]byte
	resets int
	refuse bool
}

func (f *fakeFPU) RFlags() uint64          { return f.flags }
func (f *fakeFPU) SetRFlags(v uint64)      { f.flags = v }
func (f *fakeFPU) FXSave(image *[512]byte) { *image = f.image }
func (f *fakeFPU) ResetFPU()               { f.resets++; f.image = [512]byte{} }
func (f *fakeFPU) FXRestore(b *[512]byte) bool {
	if !f.refuse {
		f.image = *b
	}
	return !f.refuse
}

// rig is a kernel with one process.
type rig struct {
	t     *testing.T
	k     *Kernel
	p     *Process
	task  *Task
	mem   *fakeSpace
	clock *fakeClock
	fpu   *fakeFPU
	files *vfs.FS
	bus   *event.Bus
}

type rigOptions struct {
	root   fs.FS
	in     io.Reader
	out    io.Writer
	cred   vfs.Cred
	policy Policy
	space  Space
}

func newRig(t *testing.T, o rigOptions) *rig {
	t.Helper()
	if o.root == nil {
		o.root = fstest.MapFS{
			"etc/passwd": {Data: []byte("root:x:0:0\n"), Mode: 0o644},
			"secret":     {Data: []byte("x"), Mode: 0o000},
			"bin/prog":   {Data: []byte("\x7fELF"), Mode: 0o755},
			"big":        {Data: make([]byte, 200000), Mode: 0o644},
		}
	}
	r := &rig{
		t: t, mem: newSpace(), clock: &fakeClock{now: 5e9}, fpu: &fakeFPU{flags: 0x202}, bus: &event.Bus{},
	}
	r.files = vfs.New(vfs.Config{Root: o.root, Now: Realtime(r.clock, 0), Cred: o.cred})
	var e errno.Errno
	r.k, e = New(Config{Files: r.files, Bus: r.bus, Clock: r.clock, Seed: 1, OnUnknown: o.policy})
	if e != errno.OK {
		t.Fatal(e)
	}
	var space Space = r.mem
	if o.space != nil {
		space = o.space
	}
	var err error
	r.p, err = r.k.NewProcess(Program{
		Body: Body{Space: space, MapsText: func() string { return "00010000-00012000 rw-p\n" }},
		CPU:  &cpu.CPU{Sel: [6]uint16{cpu.SegCS: userCS, cpu.SegSS: userSS}}, Processor: r.fpu, Exe: "/bin/prog", Comm: "prog", Args: []string{"prog", "x"},
		Env: []string{"A=1"}, Cred: o.cred,
		Stdin:  r.files.OpenStream(vfs.Stream{}, o.in, nil, vfs.OReadOnly),
		Stdout: r.files.OpenStream(vfs.Stream{}, nil, o.out, vfs.OWriteOnly),
		Stderr: r.files.OpenStream(vfs.Stream{TTY: true, Rows: 24, Cols: 80}, nil, o.out, vfs.OWriteOnly),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.task = r.p.Tasks[0]
	r.task.CPU.Regs[x86.RSP] = stackAt + 0x8000
	r.task.CPU.RIP = 0x401002
	t.Cleanup(r.files.Close)
	return r
}

// call makes a system call by name. It fails the test if the run stops.
func (r *rig) call(name string, args ...uint64) (uint64, errno.Errno) {
	r.t.Helper()
	v, err := r.try(name, args...)
	if err != nil {
		r.t.Fatalf("%s: %v", name, err)
	}
	if int64(v) < 0 && int64(v) >= -4095 {
		return 0, errno.Errno(-int64(v))
	}
	return v, errno.OK
}

func (r *rig) try(name string, args ...uint64) (uint64, error) {
	r.t.Helper()
	n, ok := Number(name)
	if !ok {
		r.t.Fatalf("no system call is called %q", name)
	}
	return r.number(n, args...)
}

func (r *rig) number(n uint64, args ...uint64) (uint64, error) {
	regs := &r.task.CPU.Regs
	regs[x86.RAX] = n
	for i, reg := range []int{x86.RDI, x86.RSI, x86.RDX, x86.R10, x86.R8, x86.R9} {
		regs[reg] = 0
		if i < len(args) {
			regs[reg] = args[i]
		}
	}
	err := r.k.Syscall(r.task)
	for err == nil && !r.task.Runnable() && !r.task.ended {
		_, err = r.k.Next(r.task)
	}
	return regs[x86.RAX], err
}

// str puts a string with its NUL at va and returns va.
func (r *rig) str(va uint64, s string) uint64 {
	r.mem.put(addr.VAddr(va), append([]byte(s), 0))
	return va
}

func (r *rig) words(va uint64, w ...uint64) {
	var b []byte
	for _, v := range w {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	r.mem.put(addr.VAddr(va), b)
}

func neg(n int64) uint64 { return uint64(-n) }
