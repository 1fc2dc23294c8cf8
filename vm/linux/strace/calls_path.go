package strace

// pathCalls are the calls on paths.
func pathCalls(w *words) map[string]description {
	at := set(w.atFlags, "AT_???")
	rename := set(w.rename, "RENAME_???")
	list := map[string]description{
		"getcwd":     fills(0, cwdPath, size),
		"chdir":      call(path),
		"chroot":     call(path),
		"fchdir":     call(number),
		"mkdir":      call(path, octal),
		"mkdirat":    call(dirfd, path, octal),
		"mknod":      {args: args(path, nodeMode, device)},
		"mknodat":    {args: args(dirfd, path, nodeMode, device)},
		"rmdir":      call(path),
		"unlink":     call(path),
		"unlinkat":   call(dirfd, path, at),
		"rename":     call(path, path),
		"renameat":   call(dirfd, path, dirfd, path),
		"renameat2":  call(dirfd, path, dirfd, path, rename),
		"link":       call(path, path),
		"linkat":     call(dirfd, path, dirfd, path, at),
		"symlink":    call(path, path),
		"symlinkat":  call(path, dirfd, path),
		"readlink":   fills(1, path, filledPath, size),
		"readlinkat": fills(2, dirfd, path, filledPath, size),
		"chmod":      call(path, octal),
		"fchmod":     call(number, octal),
		"fchmodat":   call(dirfd, path, octal),
		"fchmodat2":  call(dirfd, path, octal, at),
		"chown":      call(path, id, id),
		"lchown":     call(path, id, id),
		"fchown":     call(number, id, id),
		"fchownat":   call(dirfd, path, id, id, at),
		"truncate":   call(path, long),
		"truncate64": call(path, long),
		"utime":      call(path, utimbuf),
		"utimes":     call(path, timevalPair),
		"futimesat":  call(dirfd, path, timevalPair),
		"utimensat":  call(dirfd, path, timespecPair, at),
		"umask":      call(octal).returns(func(p *printer) string { return octalText(p.c.Result) }),
		"access":     call(path, set(w.access, "?_OK")),
		"faccessat":  call(dirfd, path, set(w.access, "?_OK")),
		"faccessat2": call(dirfd, path, set(w.access, "?_OK"), set(w.accessFlags, "AT_???")),
	}
	list["utimensat_time64"] = list["utimensat"]
	for _, kind := range []string{"chown", "lchown", "fchown"} {
		list[kind+"32"] = list[kind]
	}
	return list
}

// nodeMode is mknod's mode; a device number follows if it is of a device.
func nodeMode(p *printer, v uint64) {
	p.text(modeText(uint32(v)))
	kind := v & 0o170000
	p.last = kind != 0o020000 && kind != 0o060000
}

func device(p *printer, v uint64) { p.text(deviceText(v)) }

// statCalls are the calls that tell of files.
func statCalls(w *words) map[string]description {
	at := set(w.atFlags, "AT_???")
	xattr := set(w.xattr, "XATTR_???")
	list := map[string]description{
		"stat":       fills(1, path, statBuffer),
		"lstat":      fills(1, path, statBuffer),
		"fstat":      fills(1, number, statBuffer),
		"stat64":     fills(1, path, stat64Buffer),
		"lstat64":    fills(1, path, stat64Buffer),
		"fstat64":    fills(1, number, stat64Buffer),
		"newfstatat": fills(2, dirfd, path, statBuffer, at),
		"fstatat64":  fills(2, dirfd, path, stat64Buffer, at),
		"statx":      fills(4, dirfd, path, statxFlags, set(w.statxMask, "STATX_???"), statxBuffer),
		"statfs":     fills(1, path, statfsBuffer),
		"fstatfs":    fills(1, number, statfsBuffer),
		"statfs64":   fills(2, path, size, pointer),
		"fstatfs64":  fills(2, number, size, pointer),
	}
	// Each entry goes to its own place.
	for prefix, what := range map[string]func(*printer, uint64){"": path, "l": path, "f": number} {
		list[prefix+"getxattr"] = fills(2, what, text, filled, size)
		list[prefix+"setxattr"] = call(what, text, written(3), size, xattr)
		list[prefix+"listxattr"] = fills(1, what, filled, size)
		list[prefix+"removexattr"] = call(what, text)
	}
	return list
}
