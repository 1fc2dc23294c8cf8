package strace

import (
	"fmt"
	"strings"
)

// This file has the structures of files.

// modeText is st_mode: S_IFREG|0644.
func modeText(mode uint32) string {
	kinds := map[uint32]string{
		0o140000: "S_IFSOCK", 0o120000: "S_IFLNK", 0o100000: "S_IFREG", 0o060000: "S_IFBLK",
		0o040000: "S_IFDIR", 0o020000: "S_IFCHR", 0o010000: "S_IFIFO",
	}
	var s strings.Builder
	if kind := kinds[mode&0o170000]; kind != "" {
		s.WriteString(kind + "|")
	} else if mode&0o170000 != 0 {
		fmt.Fprintf(&s, "%#o|", mode&0o170000)
	}
	for _, b := range []flag{{0o4000, "S_ISUID|"}, {0o2000, "S_ISGID|"}, {0o1000, "S_ISVTX|"}} {
		if uint64(mode)&b.value != 0 {
			s.WriteString(b.name)
		}
	}
	return s.String() + octalText(uint64(mode&0o777))
}

// deviceText is a device number (include/linux/kdev_t.h, new_encode_dev).
func deviceText(v uint64) string {
	major, minor := v>>8&0xfff|v>>32&0xfffff000, v&0xff|v>>12&0xffffff00
	part := func(n uint64) string {
		if n == 0 {
			return "0"
		}
		return fmt.Sprintf("%#x", n)
	}
	return "makedev(" + part(major) + ", " + part(minor) + ")"
}

// statText is what is shown of a struct stat.
func (p *printer) statText(mode uint32, rdev, size uint64) {
	p.text("{st_mode=" + modeText(mode))
	if kind := mode & 0o170000; kind == 0o020000 || kind == 0o060000 {
		p.text(", st_rdev=" + deviceText(rdev))
	} else {
		p.printf(", st_size=%d", int64(size))
	}
	p.text(", ...}")
}

// statBuffer is struct stat of x86-64, or the one of i386.
func statBuffer(p *printer, v uint64) {
	if p.c.Bits32 {
		if b := p.structure(v, 64, true); b != nil {
			p.statText(uint32(le16(b[8:])), uint64(le32(b[16:])), uint64(le32(b[20:])))
		}
		return
	}
	if b := p.structure(v, 144, true); b != nil {
		p.statText(le32(b[24:]), le64(b[40:]), le64(b[48:]))
	}
}

// stat64Buffer is i386's struct stat64.
func stat64Buffer(p *printer, v uint64) {
	if b := p.structure(v, 96, true); b != nil {
		p.statText(le32(b[16:]), le64(b[32:]), le64(b[44:]))
	}
}

// statxFlags are AT_*, with one of three ways to synchronise.
func statxFlags(p *printer, v uint64) {
	const sync = 0x6000
	words := map[uint64]string{
		0: "AT_STATX_SYNC_AS_STAT", 0x2000: "AT_STATX_FORCE_SYNC", 0x4000: "AT_STATX_DONT_SYNC",
	}
	s := words[v&sync]
	if s == "" {
		s = fmt.Sprintf("%#x", v&sync)
	}
	if rest := v &^ sync; rest != 0 {
		s += "|" + join(rest, p.w.atFlags, "AT_???")
	}
	p.text(s)
}

func statxBuffer(p *printer, v uint64) {
	b := p.structure(v, 256, true)
	if b == nil {
		return
	}
	p.printf("{stx_mask=%s", join(uint64(le32(b)), p.w.statxMask, "STATX_???"))
	p.text(", stx_attributes=" + join(le64(b[8:]), nil, "STATX_ATTR_???"))
	mode := uint32(le16(b[28:]))
	p.text(", stx_mode=" + modeText(mode))
	if kind := mode & 0o170000; kind == 0o020000 || kind == 0o060000 {
		p.printf(", stx_rdev=%d:%d", le32(b[128:]), le32(b[132:]))
	}
	p.printf(", stx_size=%d, ...}", le64(b[40:]))
}

func statfsBuffer(p *printer, v uint64) {
	if p.c.Bits32 {
		p.address(v)
		return
	}
	b := p.structure(v, 120, true)
	if b == nil {
		return
	}
	w := func(i int) uint64 { return le64(b[8*i:]) }
	p.printf("{f_type=%s, f_bsize=%d, f_blocks=%d, f_bfree=%d, f_bavail=%d, f_files=%d, f_ffree=%d",
		find(w(0), p.w.fsTypes, "???"), w(1), w(2), w(3), w(4), w(5), w(6))
	p.printf(", f_fsid={val=[%s, %s]}, f_namelen=%d, f_frsize=%d, f_flags=%s}", hexText(le32(b[56:])),
		hexText(le32(b[60:])), w(8), w(9), join(w(10), p.w.statfsFlags, "ST_???"))
}

func hexText(v uint32) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", v)
}
