// Package vfs is the file tree that a simulated program sees.
//
// A tree is made of mounts. Each mount shows a tree of the host's, handed in as an fs.FS, that is only ever
// read; what the program creates, changes, renames or removes lies in a private overlay in memory, bounded
// by Config.Limit. A WriteTree, mounted with MountWrite, takes writes itself; a tree that is made up while it
// is read, such as /proc, is mounted with MountVolatile and asked anew at every look-up.
//
//	guest path ── walk.go ──> Node ── open.go ──> File ── file.go ──> bytes
//	                           │                              │
//	                    lower.go: fs.Lstat, ReadDir     content.go: overlay pages over the host file
//
// A Node stands for one file, made when its path is first looked up. A Node of the host's tree remembers
// where it comes from (its origin), so that it can be renamed, or its directory be, while its bytes stay
// where they are. Changed bytes are kept by pages of 4 KiB, the others are read from the origin when they
// are needed. Nodes without changes are forgotten when there are many; host files are opened when read and
// closed when many are open.
//
// Trees below an overlay are taken as unchanging while the machine runs.
//
// Functions answer as the kernel's do, with an errno. Path walking follows Linux's fs/namei.c: 40 symbolic
// links, names of 255 bytes, paths of 4095, ".." of the root is the root, rights by mode bits.
//
// vfs imports vm/linux/errno and nothing else of memlab. A FS is not for concurrent use.
package vfs
