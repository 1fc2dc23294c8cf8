package linux

import (
	"encoding/binary"
	"slices"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// System V's shared memory, semaphores and message queues (ipc/): objects that outlive whoever made them, are
// found by a key, and are named by a number.

// The flags and commands that all three kinds have (include/uapi/linux/ipc.h).
const (
	ipcPrivate = 0
	ipcCreate  = 0o1000
	ipcExcl    = 0o2000
	ipcNoWait  = 0o4000

	ipcRemove = 0
	ipcSet    = 1
	ipcStat   = 2
	ipc64     = 0x100 // with a command: the structures are the new ones; memlab has no others
)

// ipcPerm is who may use an object (struct kern_ipc_perm).
type ipcPerm struct {
	id, key        int32
	mode           uint32
	owner, creator vfs.Cred
	changed        int64 // seconds since 1970
	removed        bool
}

func (p *ipcPerm) perm() *ipcPerm { return p }

// ipcObject is a *segment, *semSet or *msgQueue.
type ipcObject interface{ perm() *ipcPerm }

// ipcTable is the objects of one kind, in the order of their making. Numbers are never given out twice.
type ipcTable[T ipcObject] struct {
	list []T
	next int32
	most int // objects that there may be
}

// ipcTables are a machine's.
type ipcTables struct {
	segments ipcTable[*segment]
	sets     ipcTable[*semSet]
	queues   ipcTable[*msgQueue]
}

// newIPC bounds what a guest can make the host keep: Linux's own limits for segments and sets; of queues,
// which hold up to 16 KiB and 16,384 messages each, fewer than its 32,000.
func newIPC() ipcTables {
	return ipcTables{
		segments: ipcTable[*segment]{most: 4096}, sets: ipcTable[*semSet]{most: 32000},
		queues: ipcTable[*msgQueue]{most: 128},
	}
}

func (t *ipcTable[T]) find(id uint64) (object T, e errno.Errno) {
	for _, o := range t.list {
		if o.perm().id == int32(id) {
			return o, errno.OK
		}
	}
	return object, errno.EINVAL
}

func (t *ipcTable[T]) remove(o T) {
	o.perm().removed = true
	t.list = slices.DeleteFunc(t.list, func(other T) bool { return other.perm() == o.perm() })
}

// ipcGet is shmget and its like: it finds the object of a key, or makes one (ipc/util.c, ipcget).
func ipcGet[T ipcObject](
	c *call, t *ipcTable[T], flags uint64, fits func(T) errno.Errno, create func(ipcPerm) (T, errno.Errno),
) (uint64, errno.Errno) {
	key := int32(c.a[0])
	if key != ipcPrivate {
		for _, o := range t.list {
			p := o.perm()
			if p.key != key {
				continue
			}
			if flags&(ipcCreate|ipcExcl) == ipcCreate|ipcExcl {
				return 0, errno.EEXIST
			}
			if e := fits(o); e != errno.OK {
				return 0, e
			}
			return uint64(p.id), c.mayIPC(p, uint32(flags))
		}
		if flags&ipcCreate == 0 {
			return 0, errno.ENOENT
		}
	}
	if len(t.list) >= t.most {
		return 0, errno.ENOSPC
	}
	o, e := create(ipcPerm{
		id: t.next, key: key, mode: uint32(flags & 0o777), owner: c.ipcCred(), creator: c.ipcCred(),
		changed: c.seconds(),
	})
	if e != errno.OK {
		return 0, e
	}
	t.next++
	t.list = append(t.list, o)
	return uint64(o.perm().id), errno.OK
}

func (c *call) ipcCred() vfs.Cred {
	return vfs.Cred{UID: c.p.cred.user.effective, GID: c.p.cred.group.effective}
}

// seconds is the time of day.
func (c *call) seconds() int64 { return Realtime(c.k.cfg.Clock, c.k.cfg.Epoch)() / 1e9 }

// The rights that a call asks for: the bits for owner, group and others.
const (
	ipcRead  = 0o444
	ipcWrite = 0o222
)

// mayIPC is ipcperms: the rights that want asks for must be among those of the owner, the group or others.
func (c *call) mayIPC(p *ipcPerm, want uint32) errno.Errno {
	who := c.ipcCred()
	granted := p.mode
	switch {
	case who.UID == 0:
		return errno.OK
	case who.UID == p.owner.UID || who.UID == p.creator.UID:
		granted >>= 6
	case who.GID == p.owner.GID || who.GID == p.creator.GID:
		granted >>= 3
	}
	if want = want>>6 | want>>3 | want; want&^granted&7 != 0 {
		return errno.EACCES
	}
	return errno.OK
}

// ownsIPC is for commands that only the owner or the maker may give.
func (c *call) ownsIPC(p *ipcPerm) errno.Errno {
	if uid := c.ipcCred().UID; uid != 0 && uid != p.owner.UID && uid != p.creator.UID {
		return errno.EPERM
	}
	return errno.OK
}

// ipcBytes writes the structures of the stat commands, whose fields are longs of the caller's.
type ipcBytes struct {
	b    []byte
	word int
}

func (b *ipcBytes) u32(v ...uint32) {
	for _, x := range v {
		b.b = binary.LittleEndian.AppendUint32(b.b, x)
	}
}

func (b *ipcBytes) long(v ...uint64) {
	for _, x := range v {
		if b.word == 4 {
			b.u32(uint32(x))
		} else {
			b.b = binary.LittleEndian.AppendUint64(b.b, x)
		}
	}
}

// time is a time in seconds, of which i386 has the upper half in a field of its own.
func (b *ipcBytes) time(v int64) {
	b.long(uint64(v))
	if b.word == 4 {
		b.u32(uint32(v >> 32))
	}
}

// perm is struct ipc64_perm.
func (b *ipcBytes) perm(p *ipcPerm) {
	b.u32(uint32(p.key), p.owner.UID, p.owner.GID, p.creator.UID, p.creator.GID, p.mode, 0)
	if b.word == 8 {
		b.u32(0)
	}
	b.long(0, 0)
}

// setPerm is what the set commands read of struct ipc64_perm.
func (c *call) setPerm(p *ipcPerm, va uint64) errno.Errno {
	var b [24]byte
	if !c.get(va, b[:]) {
		return errno.EFAULT
	}
	if e := c.ownsIPC(p); e != errno.OK {
		return e
	}
	u32 := binary.LittleEndian.Uint32
	p.owner = vfs.Cred{UID: u32(b[4:]), GID: u32(b[8:])}
	p.mode = p.mode&^0o777 | u32(b[20:])&0o777
	p.changed = c.seconds()
	return errno.OK
}

func ipcCalls() handlers {
	return handlers{
		"shmget": {3, (*call).shmget}, "shmat": {3, (*call).shmat}, "shmdt": {1, (*call).shmdt},
		"shmctl": {3, (*call).shmctl},
		"semget": {3, (*call).semget}, "semop": {3, (*call).semop}, "semctl": {4, (*call).semctl},
		"semtimedop": {4, (*call).semtimedop},
		"msgget":     {2, (*call).msgget}, "msgsnd": {4, (*call).msgsnd}, "msgrcv": {5, (*call).msgrcv},
		"msgctl": {3, (*call).msgctl},
	}
}

// ipc is i386's one call for all of them (ipc/syscall.c, ksys_ipc).
func (c *call) ipc() (uint64, errno.Errno) {
	a := c.a // call, first, second, third, ptr, fifth
	switch uint32(a[0]) & 0xffff {
	case 1:
		c.a = [6]uint64{a[1], a[4], a[2]}
		return c.semop()
	case 2:
		c.a = [6]uint64{a[1], a[2], a[3]}
		return c.semget()
	case 3:
		arg, ok := c.get32(a[4])
		if !ok {
			return 0, errno.EFAULT
		}
		c.a = [6]uint64{a[1], a[2], a[3], uint64(arg)}
		return c.semctl()
	case 4:
		c.a = [6]uint64{a[1], a[4], a[2], a[5]}
		return c.semtimedop()
	case 11:
		c.a = [6]uint64{a[1], a[4], a[2], a[3]}
		return c.msgsnd()
	case 12:
		c.a = [6]uint64{a[1], a[4], a[2], a[5], a[3]}
		if uint32(a[0])>>16 == 0 { // struct ipc_kludge
			var w [2]uint64
			if !c.getWords(a[4], w[:]) {
				return 0, errno.EFAULT
			}
			c.a[1], c.a[3] = w[0], w[1]
		}
		return c.msgrcv()
	case 13:
		c.a = [6]uint64{a[1], a[2]}
		return c.msgget()
	case 14:
		c.a = [6]uint64{a[1], a[2], a[4]}
		return c.msgctl()
	case 21:
		c.a = [6]uint64{a[1], a[4], a[2]}
		at, e := c.shmat()
		if e == errno.OK && !c.put32(a[3], uint32(at)) {
			e = errno.EFAULT
		}
		return 0, e
	case 22:
		c.a = [6]uint64{a[4]}
		return c.shmdt()
	case 23:
		c.a = [6]uint64{a[1], a[2], a[3]}
		return c.shmget()
	case 24:
		c.a = [6]uint64{a[1], a[2], a[4]}
		return c.shmctl()
	}
	return 0, errno.ENOSYS
}
