// Package strace writes system calls as the program strace(1) does:
//
//	openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3
//	read(3, "root:x:0:0:root:/root:/bin/bash\n"..., 4096) = 1221
//
// A Decoder knows the calls by name, so that it serves every ABI: calls_*.go say of each call what its
// arguments are (a descriptor, a path, a set of flags, a structure), words.go has the names of constants,
// values.go and structs.go how values look. What a call reads is written when it begins (Enter), from the
// first argument that it writes on when it ends (Exit), just as strace does, which shows when calls of
// several tasks interleave.
//
// Memory is only peeked at: a traced program runs exactly as it does untraced.
//
// The package is a leaf but for paging/addr and vm/linux/errno.
package strace
