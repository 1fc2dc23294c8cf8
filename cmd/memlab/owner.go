package main

import (
	"io/fs"

	"memlab/vm/linux/vfs"
)

// fileOwner says whom the guest's files belong to when execve is judged as the host's kernel would: a regular
// file to the one whom the host names, so that the mode bits for that user, the group or the others decide.
// Folders belong to the guest: a root made by mktemp, closed to others, is meant to be entered.
func fileOwner(uid int) func(fs.FileInfo) vfs.Cred {
	guest := vfs.Cred{UID: uint32(uid), GID: uint32(uid)}
	return func(info fs.FileInfo) vfs.Cred {
		if owner, ok := hostOwner(info); ok && info.Mode().IsRegular() {
			return owner
		}
		return guest
	}
}
