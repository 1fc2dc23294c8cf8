package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
)

// tinyPrograms are static x86-64 programs of a few instructions, made of bytes so that they need no compiler.
var tinyPrograms = map[string][]byte{
	// mov edi, 7; mov eax, 60 (exit); syscall
	"exit7": {0xbf, 7, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05},

	// xor eax, eax; mov [rax], eax
	"segv": {0x31, 0xc0, 0x89, 0x00},

	// jmp to itself
	"loop": {0xeb, 0xfe},

	// read(0, rsp-128, 64) and write(1, ...) until there is no more; exit(0)
	"cat": {
		0x31, 0xff, // xor edi, edi
		0x48, 0x8d, 0x74, 0x24, 0x80, // lea rsi, [rsp-128]
		0xba, 64, 0, 0, 0, // mov edx, 64
		0x31, 0xc0, // xor eax, eax
		0x0f, 0x05, // syscall
		0x85, 0xc0, // test eax, eax
		0x7e, 16, // jle to the exit
		0x89, 0xc2, // mov edx, eax
		0xbf, 1, 0, 0, 0, // mov edi, 1
		0xb8, 1, 0, 0, 0, // mov eax, 1
		0x0f, 0x05, // syscall
		0xeb, 0xdc, // jmp to the start
		0x31, 0xff, // xor edi, edi
		0xb8, 60, 0, 0, 0, // mov eax, 60
		0x0f, 0x05, // syscall
	},

	// write(2, argv[0], strlen(argv[0])); exit(0)
	"name": {
		0x48, 0x8b, 0x74, 0x24, 0x08, // mov rsi, [rsp+8]
		0x31, 0xd2, // xor edx, edx
		0x80, 0x3c, 0x16, 0x00, // cmp byte [rsi+rdx], 0
		0x74, 4, // je past the loop
		0xff, 0xc2, // inc edx
		0xeb, 0xf6, // jmp to the comparison
		0xbf, 2, 0, 0, 0, // mov edi, 2
		0xb8, 1, 0, 0, 0, // mov eax, 1
		0x0f, 0x05, // syscall
		0x31, 0xff, // xor edi, edi
		0xb8, 60, 0, 0, 0, // mov eax, 60
		0x0f, 0x05, // syscall
	},

	// a system call that memlab lacks, by the i386 door, and exit(its result): mov eax, 62 (ustat); int 0x80;
	// neg eax; mov edi, eax; mov eax, 60; syscall
	"odd": {
		0xb8, 62, 0, 0, 0, 0xcd, 0x80,
		0xf7, 0xd8, 0x89, 0xc7, 0xb8, 60, 0, 0, 0, 0x0f, 0x05,
	},
}

// tinyELF wraps code into an ELF file with one readable, executable segment at 0x400000.
func tinyELF(code []byte) []byte {
	const base, headers = 0x400000, 64 + 56
	le := binary.LittleEndian
	b := []byte{0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	b = le.AppendUint16(b, 2)  // ET_EXEC
	b = le.AppendUint16(b, 62) // EM_X86_64
	b = le.AppendUint32(b, 1)
	b = le.AppendUint64(b, base+headers) // entry
	b = le.AppendUint64(b, 64)           // program headers
	b = le.AppendUint64(b, 0)            // no sections
	b = le.AppendUint32(b, 0)
	for _, v := range []uint16{64, 56, 1, 64, 0, 0} {
		b = le.AppendUint16(b, v)
	}
	b = le.AppendUint32(b, 1) // PT_LOAD
	b = le.AppendUint32(b, 5) // r-x
	size := uint64(headers + len(code))
	for _, v := range []uint64{0, base, base, size, size, 4096} {
		b = le.AppendUint64(b, v)
	}
	return append(b, code...)
}

// writeTiny puts the tiny programs into dir.
func writeTiny(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, code := range tinyPrograms {
		if err := os.WriteFile(filepath.Join(dir, name), tinyELF(code), 0o700); err != nil { //nolint:gosec // programs
			return err
		}
	}
	return nil
}
