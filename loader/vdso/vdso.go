// Package vdso makes the image of the virtual shared object that Linux maps into every program: an ELF file
// with a dynamic symbol table, in which C libraries look for clock_gettime and its like. Linux's functions
// read the clock from the [vvar] pages; these make the plain system call, so that time stays the lab's.
//
// The image, low to high: ELF header, program headers (PT_LOAD, PT_DYNAMIC), hash table, symbols, strings,
// symbol versions, version definitions, dynamic section, code. Addresses in it begin at 0.
//
// vdso imports loader/elf for names and nothing else of memlab.
package vdso

import (
	"encoding/binary"

	"memlab/loader/elf"
)

// Functions of the two images and the version that each belongs to. The version names are those of Linux,
// because C libraries ask for them.
const (
	version26 = "LINUX_2.6"
	version25 = "LINUX_2.5"
)

type function struct {
	name    string
	version string
	code    []byte
}

// call64 is a function that makes system call nr with the arguments that it was given.
func call64(name string, nr uint32) function {
	code := binary.LittleEndian.AppendUint32([]byte{0xb8}, nr) // mov eax, nr
	return function{name, version26, append(code, 0x0f, 0x05, 0xc3)}
}

// call32 is the same for i386: up to two arguments go from the stack to registers.
func call32(name string, nr uint32) function {
	code := binary.LittleEndian.AppendUint32([]byte{0x53, 0xb8}, nr) // push ebx; mov eax, nr
	code = append(code,
		0x8b, 0x5c, 0x24, 0x08, // mov ebx, [esp+8]
		0x8b, 0x4c, 0x24, 0x0c, // mov ecx, [esp+12]
		0xcd, 0x80, 0x5b, 0xc3) // int 0x80; pop ebx; ret
	return function{name, version26, code}
}

func functions64() []function {
	return []function{
		call64("__vdso_clock_gettime", 228),
		call64("__vdso_gettimeofday", 96),
		call64("__vdso_time", 201),
		call64("__vdso_getcpu", 309),
		call64("__vdso_clock_getres", 229),
	}
}

func functions32() []function {
	return []function{
		// int 0x80; ret
		{"__kernel_vsyscall", version25, []byte{0xcd, 0x80, 0xc3}},
		// pop eax; mov eax, 119; int 0x80
		{"__kernel_sigreturn", version25, []byte{0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80}},
		// mov eax, 173; int 0x80
		{"__kernel_rt_sigreturn", version25, []byte{0xb8, 173, 0, 0, 0, 0xcd, 0x80}},
		call32("__vdso_clock_gettime", 265),
		call32("__vdso_gettimeofday", 78),
		call32("__vdso_time", 13),
		call32("__vdso_clock_getres", 266),
		call32("__vdso_clock_gettime64", 403),
	}
}

// Image is the image for programs of a class, size bytes long. codeAt is where its first function lies, for
// i386 the __kernel_vsyscall that AT_SYSINFO points to; the tables before it end at about 0x2d0 and the code
// takes less than 0x100 bytes.
func Image(c elf.Class, size, codeAt int) []byte {
	b := newBuilder(c, size)
	b.build(codeAt)
	return b.buf[:size]
}

// Symbol is where the image for programs of a class has a function, from the image's start.
func Symbol(c elf.Class, codeAt int, name string) (at int, ok bool) {
	b := newBuilder(c, 0)
	for i, place := range b.codePlaces(codeAt) {
		if b.fns[i].name == name {
			return place, true
		}
	}
	return 0, false
}

func newBuilder(c elf.Class, size int) *builder {
	b := &builder{class: c, buf: make([]byte, 0, size), fns: functions64(), soname: "linux-vdso.so.1"}
	b.versions = []string{version26}
	if c == elf.Class32 {
		b.fns, b.soname = functions32(), "linux-gate.so.1"
		b.versions = []string{version26, version25}
	}
	return b
}
