package strace

import (
	"fmt"
	"slices"
	"strings"
)

// ipcCalls are System V's calls.
func ipcCalls() map[string]description {
	flags := []flag{{0o1000, "IPC_CREAT"}, {0o2000, "IPC_EXCL"}, {0o4000, "IPC_NOWAIT"}}
	get := ipcFlags(flags)
	wait := ipcFlags(slices.Concat(flags[2:], []flag{{0o10000, "MSG_NOERROR"}, {0o20000, "MSG_EXCEPT"}}))
	attach := ipcFlags([]flag{
		{0o10000, "SHM_RDONLY"}, {0o20000, "SHM_RND"}, {0o40000, "SHM_REMAP"}, {0o100000, "SHM_EXEC"},
	})
	return map[string]description{
		"shmget": call(ipcKey, size, get), "shmat": call(number, pointer, attach).returns(hexResult),
		"shmdt": call(pointer), "shmctl": call(number, ipcCommand, pointer),
		"semget": call(ipcKey, number, get), "semop": call(number, pointer, size),
		"semtimedop": call(number, pointer, size, timespec), "semctl": call(number, number, ipcCommand, hex),
		"semtimedop_time64": call(number, pointer, size, timespec),
		"msgget":            call(ipcKey, get), "msgsnd": call(number, pointer, size, wait),
		"msgrcv": call(number, pointer, size, long, wait), "msgctl": call(number, ipcCommand, pointer),
		"ipc": call(number, number, hex, hex, pointer, hex),
	}
}

func ipcKey(p *printer, v uint64) {
	if uint32(v) == 0 {
		p.text("IPC_PRIVATE")
	} else {
		p.text(fmt.Sprintf("%#x", uint32(v)))
	}
}

// ipcFlags are names for some bits, and the rest as rights in octal.
func ipcFlags(table []flag) func(*printer, uint64) {
	return func(p *printer, v uint64) {
		var parts []string
		for _, f := range table {
			if v&f.value != 0 {
				parts = append(parts, f.name)
				v &^= f.value
			}
		}
		if v != 0 || len(parts) == 0 {
			parts = append(parts, fmt.Sprintf("%#o", v))
		}
		p.text(strings.Join(parts, "|"))
	}
}

// ipcCommand is a command of shmctl, semctl or msgctl.
func ipcCommand(p *printer, v uint64) {
	const current = 0x100 // IPC_64
	names := map[uint64]string{
		0: "IPC_RMID", 1: "IPC_SET", 2: "IPC_STAT", 3: "IPC_INFO", 11: "GETPID", 12: "GETVAL", 13: "GETALL",
		14: "GETNCNT", 15: "GETZCNT", 16: "SETVAL", 17: "SETALL",
	}
	name, ok := names[v&^current]
	switch {
	case !ok:
		name = fmt.Sprintf("%#x", v)
	case v&current != 0:
		name = "IPC_64|" + name
	}
	p.text(name)
}
