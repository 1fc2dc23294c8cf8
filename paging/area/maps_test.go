package area

import (
	"testing"

	"memlab/paging/addr"
)

// TestMapsText compares with the recorded text of a program (c_pie, its first rows), device and inode aside, and with
// the rows of a 32-bit one.
func TestMapsText(t *testing.T) {
	size := int64(1 << 20)
	exe, odd := &testFile{"/lab/elf/c_pie", &size}, &testFile{"/tmp/a\nb", &size}
	rights := addr.ProtRead | addr.ProtExec
	areas := []Area{
		{Start: 0x555555554000, End: 0x555555555000, Prot: addr.ProtRead, File: exe},
		{Start: 0x555555555000, End: 0x555555556000, Prot: rights, File: exe, Offset: 0x1000},
		{Start: 0x555555559000, End: 0x55555555c000, Prot: rw, Offset: 0x555555559000},
		{Start: 0x55555555c000, End: 0x55555555e000, Prot: rw, Offset: 0x55555555c000},
		{Start: 0x7ffff7f00000, End: 0x7ffff7f01000, Prot: rw, Flags: Shared, Object: &Object{}, Offset: 0x2000},
		{Start: 0x7ffff7f02000, End: 0x7ffff7f03000, File: odd, Flags: Shared},
		{Start: 0x7ffff7f04000, End: 0x7ffff7f05000, Name: "pool"},
		{Start: 0x7ffff7fc8000, End: 0x7ffff7fca000, Prot: rights, Flags: Special, Name: "[vdso]"},
		{Start: 0x7ffffffde000, End: 0x7ffffffff000, Prot: rw, Flags: GrowsDown, Offset: 0x7ffffffde000},
	}
	names := Names{StartBrk: 0x55555555c000, Brk: 0x55555555e000, StartStack: 0x7fffffffede0, Vsyscall: true}
	const want = `555555554000-555555555000 r--p 00000000 00:00 0                          /lab/elf/c_pie
555555555000-555555556000 r-xp 00001000 00:00 0                          /lab/elf/c_pie
555555559000-55555555c000 rw-p 00000000 00:00 0 
55555555c000-55555555e000 rw-p 00000000 00:00 0                          [heap]
7ffff7f00000-7ffff7f01000 rw-s 00002000 00:00 0                          /dev/zero (deleted)
7ffff7f02000-7ffff7f03000 ---s 00000000 00:00 0                          /tmp/a\012b
7ffff7f04000-7ffff7f05000 ---p 00000000 00:00 0                          [anon:pool]
7ffff7fc8000-7ffff7fca000 r-xp 00000000 00:00 0                          [vdso]
7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`
	if got := MapsText(areas, names); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	small := []Area{
		{Start: 0x804c000, End: 0x804e000, Prot: rw, Offset: 0x804c000},
		{Start: 0xfffdd000, End: 0xffffe000, Prot: rw, Flags: GrowsDown},
	}
	const want32 = `0804c000-0804e000 rw-p 00000000 00:00 0 
fffdd000-ffffe000 rw-p 00000000 00:00 0                                  [stack]
`
	if got := MapsText(small, Names{StartBrk: 0x804e000, Brk: 0x804e000, StartStack: 0xffffdea0}); got != want32 {
		t.Errorf("got\n%swant\n%s", got, want32)
	}
	numbered := []Area{
		{Start: 0x400000, End: 0x401000, File: &numberedFile{testFile{"/bin/a", &size}, 0xfe00, 247026}},
		{Start: 0x401000, End: 0x402000, File: &numberedFile{testFile{"/bin/b", &size}, 0x12345_006_78, 1 << 40}},
		{Start: 0x402000, End: 0x403000, File: exe},
	}
	const wantNumbers = `00400000-00401000 ---p 00000000 fe:00 247026                             /bin/a
00401000-00402000 ---p 00000000 06:1234578 1099511627776                 /bin/b
00402000-00403000 ---p 00000000 00:00 0                                  /lab/elf/c_pie
`
	if got := MapsText(numbered, Names{Numbers: true}); got != wantNumbers {
		t.Errorf("got\n%swant\n%s", got, wantNumbers)
	}
	loose := Names{StartBrk: 0x804e000, Brk: 0x804e000, LooseHeap: true}
	if got := loose.Of(small[0]); got != "[heap]" {
		t.Errorf("%q: a bss that ends where the heap begins was called [heap] up to Linux 6.1", got)
	}
}

// numberedFile is a file that stat knows.
type numberedFile struct {
	testFile
	dev, ino uint64
}

func (f *numberedFile) Numbers() (dev, ino uint64) { return f.dev, f.ino }
