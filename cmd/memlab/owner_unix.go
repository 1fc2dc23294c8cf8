//go:build unix

package main

import (
	"io/fs"
	"syscall"

	"memlab/vm/linux/vfs"
)

// hostOwner is whom the host says that a file belongs to.
func hostOwner(info fs.FileInfo) (vfs.Cred, bool) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return vfs.Cred{UID: st.Uid, GID: st.Gid}, true
	}
	return vfs.Cred{}, false
}
