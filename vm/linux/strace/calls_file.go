package strace

import (
	"fmt"
	"strconv"
)

// fileCalls are the calls on descriptors.
func fileCalls(w *words) map[string]description {
	whence := one(w.whence, "SEEK_???")
	opened := set(w.openFlags, "O_???")
	return map[string]description{
		"read":     fills(1, number, filled, size),
		"write":    call(number, written(2), size),
		"pread64":  fills(1, number, filled, size, long),
		"pwrite64": call(number, written(2), size, long),
		"readv":    fills(1, number, vectorIn, size),
		"writev":   call(number, vectorOut, size),
		"preadv":   fills(1, number, vectorIn, size, long),
		"pwritev":  call(number, vectorOut, size, long),
		"preadv2":  fills(1, number, vectorIn, size, long, gap(5, set(w.rwf, "RWF_???"))),
		"pwritev2": call(number, vectorOut, size, long, gap(5, set(w.rwf, "RWF_???"))),
		"lseek":    call(number, long, whence),
		"_llseek": {args: []argument{
			in(number), in(highLow), in(skipped), out(position64),
			in(gapless(4, whence)),
		}},
		"sendfile":        call(number, number, position, size),
		"sendfile64":      call(number, number, position, size),
		"copy_file_range": call(number, position, number, position, size, hex),
		"splice":          call(number, position, number, position, size, hex),
		"tee":             call(number, number, size, hex),
		"vmsplice":        call(number, pointer, size, hex),
		"ftruncate":       call(number, long),
		"ftruncate64":     call(number, highLow),
		"fsync":           call(number),
		"fdatasync":       call(number),
		"sync":            call(),
		"syncfs":          call(number),
		"sync_file_range": call(number, long, long, set(w.syncRange, "SYNC_FILE_RANGE_???")),
		"readahead":       call(number, long, size),
		"fadvise64":       call(number, long, size, one(w.fadvise, "POSIX_FADV_???")),
		"fallocate":       call(number, set(w.fallocate, "FALLOC_FL_???"), long, long),
		"getdents64":      fills(1, number, entries, size),
		"getdents":        fills(1, number, entries, size),
		"open":            {args: args(path, openFlags(w, 2), octal)},
		"openat":          {args: args(dirfd, path, openFlags(w, 3), octal)},
		"openat2":         call(dirfd, path, openHow, size),
		"creat":           call(path, octal),
		"close":           call(number),
		"close_range":     call(unsigned, unsigned, set(w.closeRange, "CLOSE_RANGE_???")),
		"dup":             call(number),
		"dup2":            call(number, number),
		"dup3":            call(number, number, opened),
		"fcntl": {
			args:   []argument{in(number), in(fcntlCommand), {show: fcntlArgument}},
			result: fcntlResult,
		},
		"fcntl64": {
			args:   []argument{in(number), in(fcntlCommand), {show: fcntlArgument}},
			result: fcntlResult,
		},
		"flock":             call(number, set(w.flock, "LOCK_???")),
		"ioctl":             fills(2, number, ioctlRequest, ioctlArgument),
		"pipe":              fills(0, fdPair),
		"pipe2":             fills(0, fdPair, opened),
		"memfd_create":      call(text, set(w.memfd, "MFD_???")),
		"inotify_init":      call(),
		"inotify_init1":     call(set(w.inotify, "IN_???")),
		"inotify_add_watch": call(number, path, set(w.inotifyMask, "IN_???")),
		"inotify_rm_watch":  call(number, number),
	}
}

// gap is an argument that has another number than its place, because others are left out before it.
func gap(i int, show func(*printer, uint64)) func(*printer, uint64) {
	return func(p *printer, _ uint64) { show(p, p.c.Args[i]) }
}

func gapless(i int, show func(*printer, uint64)) func(*printer, uint64) { return gap(i, show) }

// skipped is an argument that has been written together with another.
func skipped(*printer, uint64) {}

// highLow is a 64-bit number in two registers of the i386 ABI.
func highLow(p *printer, _ uint64) {
	p.printf("%d", int64(p.c.Args[1]<<32|p.c.Args[2]&(1<<32-1)))
}

// position64 is where _llseek puts the new position.
func position64(p *printer, v uint64) {
	if b := p.structure(v, 8, true); b != nil {
		p.printf("[%d]", int64(le64(b)))
	}
}

// openFlags are the flags of open; a mode follows if they say so.
func openFlags(w *words, _ int) func(*printer, uint64) {
	return func(p *printer, v uint64) {
		p.text(openWords(w, v))
		const create, tmpfile = 0o100, 0o20000000
		p.last = v&(create|tmpfile) == 0
	}
}

func openWords(w *words, v uint64) string {
	s := [...]string{"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"}[v&3]
	if rest := uint64(uint32(v)) &^ 3; rest != 0 {
		s += "|" + join(rest, w.openFlags, "O_???")
	}
	return s
}

func openHow(p *printer, v uint64) {
	b := p.structure(v, 24, false)
	if b == nil {
		return
	}
	p.text("{flags=" + openWords(p.w, le64(b)))
	if le64(b)&(0o100|0o20000000) != 0 || le64(b[8:]) != 0 {
		p.text(", mode=" + octalText(le64(b[8:])))
	}
	p.text(", resolve=" + join(le64(b[16:]), p.w.resolve, "RESOLVE_???") + "}")
}

// entries is getdents' buffer: how many there are.
func entries(p *printer, v uint64) {
	if p.failed() != 0 {
		p.address(v)
		return
	}
	n := 0
	for at := uint64(0); at+19 <= p.c.Result; n++ {
		b := p.peek(v+at, 19)
		if b == nil {
			break
		}
		length := le16(b[16:])
		if p.c.Name == "getdents" {
			length = le16(b[2*p.word():])
		}
		if length == 0 {
			break
		}
		at += uint64(length)
	}
	p.printf("%#x /* %d entries */", v, n)
}

// The commands of fcntl(2) that are told apart.
const (
	fDupFD = 0
	fGetFD = 1
	fSetFD = 2
	fGetFL = 3
	fSetFL = 4
)

func fcntlCommand(p *printer, v uint64) {
	p.text(find(uint64(uint32(v)), p.w.fcntl, "F_???"))
	switch v {
	case fGetFD, fGetFL, 9, 11, 1025, 1032, 1034:
		p.last = true
	}
}

func fcntlArgument(p *printer, v uint64) {
	switch cmd := p.c.Args[1]; cmd {
	case fSetFD:
		p.text(join(uint64(uint32(v)), []flag{{1, "FD_CLOEXEC"}}, "FD_???"))
	case fSetFL:
		p.text(openWords(p.w, v))
	case 5, 6, 7, 36, 37, 38:
		lock(p, v, p.c.Bits32)
	case 12, 13, 14:
		lock(p, v, false)
	case 1033:
		p.text(join(v, p.w.seals, "F_SEAL_???"))
	case fDupFD, 1030, 8:
		number(p, v)
	default:
		p.address(v)
	}
}

// lock is struct flock.
func lock(p *printer, v uint64, narrow bool) {
	var b []byte
	if narrow {
		b = p.structure(v, 16, false)
	} else {
		b = p.structure(v, 32, false)
	}
	if b == nil {
		return
	}
	var start, length int64
	var pid int32
	if narrow {
		start, length, pid = int64(int32(le32(b[4:]))), int64(int32(le32(b[8:]))), int32(le32(b[12:]))
	} else {
		start, length, pid = int64(le64(b[8:])), int64(le64(b[16:])), int32(le32(b[24:]))
	}
	p.printf("{l_type=%s, l_whence=%s, l_start=%d, l_len=%d", find(uint64(le16(b)), p.w.lockTypes, "F_???"),
		find(uint64(le16(b[2:])), p.w.whence, "SEEK_???"), start, length)
	if cmd := p.c.Args[1]; cmd == 5 || cmd == 36 {
		p.printf(", l_pid=%d", pid)
	}
	p.text("}")
}

func fcntlResult(p *printer) string {
	switch v := p.c.Result; p.c.Args[1] {
	case fGetFD:
		if v == 0 {
			return "0"
		}
		return fmt.Sprintf("%#x (flags %s)", v, join(v, []flag{{1, "FD_CLOEXEC"}}, "FD_???"))
	case fGetFL:
		return fmt.Sprintf("%#x (flags %s)", v, openWords(p.w, v))
	case 1034:
		return fmt.Sprintf("%#x (seals %s)", v, join(v, p.w.seals, "F_SEAL_???"))
	}
	return strconv.FormatInt(p.signed(), 10)
}

func ioctlRequest(p *printer, v uint64) {
	v = uint64(uint32(v))
	for _, f := range p.w.ioctls {
		if f.value == v {
			p.text(f.name)
			return
		}
	}
	const size = 0x3fff
	words := [...]string{"_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"}
	p.printf("_IOC(%s, %#x, %#x, %#x)", words[v>>30], v>>8&0xff, v&0xff, v>>16&size)
}

func ioctlArgument(p *printer, v uint64) {
	switch uint32(p.c.Args[1]) {
	case 0x5413, 0x5414: // TIOCGWINSZ, TIOCSWINSZ
		if b := p.structure(v, 8, true); b != nil {
			p.printf("{ws_row=%d, ws_col=%d, ws_xpixel=%d, ws_ypixel=%d}", le16(b), le16(b[2:]),
				le16(b[4:]), le16(b[6:]))
		}
	case 0x540f, 0x5410, 0x541b, 0x5421, 0x5429: // a number
		if b := p.structure(v, 4, true); b != nil {
			p.printf("[%d]", int32(le32(b)))
		}
	case 0x5450, 0x5451, 0x5422:
		// without an argument, which the text before has a comma for in strace, too
	case 0x40049409:
		number(p, v)
	default:
		hex(p, v)
	}
}
