package vm_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"testing/fstest"

	"memlab/vm"
)

// flood is an ELF program that writes a megabyte of its bss again and again.
func flood() []byte {
	const base, size, bss = 0x400000, 64 + 56 + 32, 1 << 20
	var b bytes.Buffer
	b.WriteString("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	le := func(fields ...any) {
		for _, f := range fields {
			_ = binary.Write(&b, binary.LittleEndian, f)
		}
	}
	le(uint16(2), uint16(62), uint32(1), uint64(base+120), uint64(64), uint64(0), uint32(0))
	le(uint16(64), uint16(56), uint16(1), uint16(0), uint16(0), uint16(0))
	le(uint32(1), uint32(7), uint64(0), uint64(base), uint64(base), uint64(size), uint64(size+bss), uint64(4096))
	b.Write([]byte{0xbf, 1, 0, 0, 0})                   // mov edi, 1
	b.Write([]byte{0xbe, 0, 0x10, 0x40, 0})             // again: mov esi, base+0x1000
	b.Write([]byte{0xba, 0, 0, 0x0f, 0})                // mov edx, 0xf0000
	b.Write([]byte{0xb8, 1, 0, 0, 0, 0x0f, 0x05})       // mov eax, 1; syscall
	b.Write([]byte{0xeb, 0xed, 0x90, 0x90, 0x90, 0x90}) // jmp again
	b.Write(make([]byte, size-b.Len()))
	return b.Bytes()
}

// counter counts what is written to it.
type counter struct{ n int }

func (c *counter) Write(b []byte) (int, error) { c.n += len(b); return len(b), nil }

// TestCopiedLimit: a program that lets the kernel work is stopped within its limit of instructions too.
func TestCopiedLimit(t *testing.T) {
	cfg := config()
	cfg.Memory.Frames = 1024
	cfg.CPU.MaxInstructions = 1 << 20
	m, err := vm.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var out counter
	_, err = m.Load(vm.Program{
		Path: "/flood", Root: fstest.MapFS{"flood": {Data: flood(), Mode: 0o755}}, Stdout: &out, Stderr: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	reason, err := m.Run(vm.RunOptions{})
	if reason != vm.StopLimit || err != nil || m.Stats().Instructions > 1000 {
		t.Errorf("%v, %v after %d instructions", reason, err, m.Stats().Instructions)
	}
	// 64 MiB and 16 bytes for each of 2^20 instructions, in calls of 0xf0000 bytes.
	const bound = 80 << 20
	if want := (bound/0xf0000 + 1) * 0xf0000; out.n != want {
		t.Errorf("%d bytes were written, want %d", out.n, want)
	}
}
