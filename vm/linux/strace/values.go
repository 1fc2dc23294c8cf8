package strace

import "fmt"

// This file says how arguments look that are plain numbers, strings, and lists of them.

func hex(p *printer, v uint64)      { p.text(sizeText(v)) }
func pointer(p *printer, v uint64)  { p.address(v) }
func number(p *printer, v uint64)   { p.printf("%d", int32(v)) }
func unsigned(p *printer, v uint64) { p.printf("%d", uint32(v)) }
func octal(p *printer, v uint64)    { p.text(octalText(v & 0xffff)) }

func octalText(v uint64) string {
	if v == 0 {
		return "000"
	}
	return fmt.Sprintf("%#03o", v)
}

// size is a length in bytes, as wide as the program's words.
func size(p *printer, v uint64) {
	if p.c.Bits32 {
		v = uint64(uint32(v))
	}
	p.printf("%d", v)
}

// long is a signed number of 64 bits: an offset, which i386 has joined from two registers by now.
func long(p *printer, v uint64) {
	p.printf("%d", int64(v))
}

// id is a user or group, -1 for "leave it".
func id(p *printer, v uint64) {
	if int32(v) == -1 {
		p.text("-1")
		return
	}
	unsigned(p, v)
}

// dirfd is a descriptor of a directory.
func dirfd(p *printer, v uint64) {
	if int32(v) == -100 {
		p.text("AT_FDCWD")
		return
	}
	number(p, v)
}

// maxPath is the length of the longest path.
const maxPath = 4095

func path(p *printer, v uint64) { p.cString(v, maxPath) }

func text(p *printer, v uint64) { p.cString(v, maxString) }

// written is a buffer whose length the next argument says.
func written(i int) func(*printer, uint64) {
	return func(p *printer, v uint64) {
		p.bytes(v, p.c.Args[i])
	}
}

// filled is a buffer that the call has filled with as many bytes as it returns.
func filled(p *printer, v uint64) {
	if p.failed() != 0 {
		p.address(v)
		return
	}
	p.bytes(v, p.c.Result)
}

// filledPath is filled with a path that no NUL ends.
func filledPath(p *printer, v uint64) { filled(p, v) }

// random is filled with bytes that are never taken for text.
func random(p *printer, v uint64) {
	b := p.structure(v, int(min(p.c.Result, maxString)), true)
	if b == nil {
		return
	}
	p.text(`"`)
	for _, c := range b {
		p.printf("\\x%02x", c)
	}
	p.text(`"`)
	if p.c.Result > maxString {
		p.text("...")
	}
}

// cwdPath is filled with a path and its NUL.
func cwdPath(p *printer, v uint64) {
	if p.failed() != 0 {
		p.address(v)
		return
	}
	p.cString(v, maxPath)
}

// fdPair is filled with two descriptors.
func fdPair(p *printer, v uint64) {
	if b := p.structure(v, 8, true); b != nil {
		p.printf("[%d, %d]", int32(le32(b)), int32(le32(b[4:])))
	}
}

// MaxList is how many elements of a list are shown.
const MaxList = 32

// stringList is a list of pointers to strings that ends in NULL: argv.
func stringList(p *printer, v uint64) {
	if v == 0 {
		p.text("NULL")
		return
	}
	if _, ok := p.pointer(v); !ok {
		p.address(v)
		return
	}
	p.text("[")
	for i := 0; ; i++ {
		at, ok := p.pointer(v + uint64(i*p.word()))
		if ok && at == 0 {
			break
		}
		if i > 0 {
			p.text(", ")
		}
		if !ok {
			p.printf("... /* %#x */", v+uint64(i*p.word()))
			break
		}
		if i == MaxList {
			p.text("...")
			break
		}
		text(p, at)
	}
	p.text("]")
}

// counted is a list of strings of which only the number is told: envp.
func counted(p *printer, v uint64) {
	const most = 1 << 16
	p.address(v)
	for n := 0; v != 0 && n < most; n++ {
		at, ok := p.pointer(v + uint64(n*p.word()))
		if !ok {
			return
		}
		if at == 0 {
			p.text(" /* " + Vars(n) + " */")
			return
		}
	}
}

// Vars is how many strings envp has, in words.
func Vars(n int) string {
	if n == 1 {
		return "1 var"
	}
	return fmt.Sprintf("%d vars", n)
}

// vector is a list of buffers: struct iovec. have is how many of their bytes count.
func vector(p *printer, v uint64, n int, have uint64) {
	w := p.word()
	if v == 0 || p.peek(v, 2*w) == nil && n > 0 {
		p.address(v)
		return
	}
	p.text("[")
	for i := range n {
		if i > 0 {
			p.text(", ")
		}
		if i == MaxList {
			p.text("...")
			break
		}
		b := p.peek(v+uint64(2*w*i), 2*w)
		if b == nil {
			p.printf("... /* %#x */", v+uint64(2*w*i))
			break
		}
		length := p.wordAt(b, 1)
		p.text("{iov_base=")
		p.bytes(p.wordAt(b, 0), min(length, have))
		p.printf(", iov_len=%d}", length)
		have -= min(length, have)
	}
	p.text("]")
}

func vectorOut(p *printer, v uint64) { vector(p, v, int(min(p.c.Args[2], 1024)), 1<<62) }

func vectorIn(p *printer, v uint64) {
	if p.failed() != 0 {
		n := int(min(p.c.Args[2], 1024))
		vectorAddresses(p, v, n)
		return
	}
	vector(p, v, int(min(p.c.Args[2], 1024)), p.c.Result)
}

// vectorAddresses shows where the buffers are that have not been filled.
func vectorAddresses(p *printer, v uint64, n int) {
	w := p.word()
	if v == 0 || p.peek(v, 2*w) == nil {
		p.address(v)
		return
	}
	p.text("[")
	for i := range min(n, MaxList) {
		b := p.peek(v+uint64(2*w*i), 2*w)
		if b == nil {
			break
		}
		if i > 0 {
			p.text(", ")
		}
		p.printf("{iov_base=%#x, iov_len=%d}", p.wordAt(b, 0), p.wordAt(b, 1))
	}
	p.text("]")
}

// position is a position in a file that memory holds, before the call.
func position(p *printer, v uint64) {
	if b := p.structure(v, 8, false); b != nil {
		p.printf("[%d]", int64(le64(b)))
	}
}
