package linux

import (
	"slices"

	"memlab/vm/linux/errno"
)

// The limits of message queues (include/uapi/linux/msg.h), and the flags of msgrcv(2).
const (
	msgMax     = 8192  // bytes of one message
	msgQueued  = 16384 // bytes of a queue, and messages
	msgNoError = 0o10000
	msgExcept  = 0o20000
	msgCopy    = 0o40000
)

// msgQueue is a queue of messages.
type msgQueue struct {
	ipcPerm

	messages           []ipcMessage
	bytes, most        uint64
	sent, received     int64 // seconds since 1970
	sender, lastReader int32
}

// ipcMessage is one of a queue.
type ipcMessage struct {
	kind int64 // > 0
	text []byte
}

func (c *call) msgget() (uint64, errno.Errno) {
	fits := func(*msgQueue) errno.Errno { return errno.OK }
	return ipcGet(c, &c.k.ipc.queues, c.a[1], fits, func(p ipcPerm) (*msgQueue, errno.Errno) {
		return &msgQueue{ipcPerm: p, most: msgQueued}, errno.OK
	})
}

func (c *call) msgsnd() (uint64, errno.Errno) {
	kind, ok := c.getWord(c.a[1])
	switch {
	case !ok:
		return 0, errno.EFAULT
	case c.a[2] > msgMax, c.signed(kind) < 1:
		return 0, errno.EINVAL
	}
	text := make([]byte, c.a[2])
	if !c.get(c.a[1]+uint64(c.word), text) {
		return 0, errno.EFAULT
	}
	q, e := c.k.ipc.queues.find(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	if e := c.mayIPC(&q.ipcPerm, ipcWrite); e != errno.OK {
		return 0, e
	}
	return c.enqueue(q, ipcMessage{c.signed(kind), text})
}

// signed is a long of the caller's.
func (c *call) signed(v uint64) int64 {
	if c.word == 4 {
		return int64(int32(v))
	}
	return int64(v)
}

// enqueue puts m into q as soon as there is room.
func (c *call) enqueue(q *msgQueue, m ipcMessage) (uint64, errno.Errno) {
	room := func() bool {
		return q.bytes+uint64(len(m.text)) <= q.most && uint64(len(q.messages)) < q.most
	}
	switch {
	case q.removed:
		return 0, errno.EIDRM
	case !room() && c.a[3]&ipcNoWait != 0:
		return 0, errno.EAGAIN
	case !room():
		return c.block(wait{
			what:  "nobody takes messages from the queue, which is full",
			ready: func() bool { return q.removed || room() },
			done:  func(bool) (uint64, errno.Errno) { return c.enqueue(q, m) },
		})
	}
	q.messages = append(q.messages, m)
	q.bytes += uint64(len(m.text))
	q.sent, q.sender = c.seconds(), c.p.PID
	return 0, errno.OK
}

func (c *call) msgrcv() (uint64, errno.Errno) {
	flags := c.a[4]
	switch {
	case int64(c.a[2]) < 0:
		return 0, errno.EINVAL
	case flags&msgCopy != 0:
		return 0, errno.ENOSYS // as a kernel without CONFIG_CHECKPOINT_RESTORE
	}
	q, e := c.k.ipc.queues.find(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	if e := c.mayIPC(&q.ipcPerm, ipcRead); e != errno.OK {
		return 0, e
	}
	return c.dequeue(q)
}

// pick is the first message that msgrcv's type asks for: any for 0, one of that type, with msgExcept of any
// other, and for a negative one the lowest type that is not above its amount.
func (q *msgQueue) pick(kind int64, except bool) int {
	best := -1
	for i, m := range q.messages {
		switch {
		case kind == 0, kind > 0 && (m.kind == kind) != except:
			return i
		case kind < 0 && (kind == -1<<63 || m.kind <= -kind) && (best < 0 || m.kind < q.messages[best].kind):
			best = i
		}
	}
	return best
}

// dequeue takes a message from q as soon as there is one.
func (c *call) dequeue(q *msgQueue) (uint64, errno.Errno) {
	kind, flags := c.signed(c.a[3]), c.a[4]
	i := q.pick(kind, flags&msgExcept != 0)
	switch {
	case q.removed:
		return 0, errno.EIDRM
	case i < 0 && flags&ipcNoWait != 0:
		return 0, errno.ENOMSG
	case i < 0:
		return c.block(wait{
			what:  "nobody sends the message that it waits for",
			ready: func() bool { return q.removed || q.pick(kind, flags&msgExcept != 0) >= 0 },
			done:  func(bool) (uint64, errno.Errno) { return c.dequeue(q) },
		})
	}
	m := q.messages[i]
	if uint64(len(m.text)) > c.a[2] {
		if flags&msgNoError == 0 {
			return 0, errno.E2BIG
		}
		m.text = m.text[:c.a[2]]
	}
	q.bytes -= uint64(len(q.messages[i].text))
	q.messages = slices.Delete(q.messages, i, i+1)
	q.received, q.lastReader = c.seconds(), c.p.PID
	if !c.putWords(c.a[1], uint64(m.kind)) || !c.put(c.a[1]+uint64(c.word), m.text) {
		return 0, errno.EFAULT
	}
	return uint64(len(m.text)), errno.OK
}

func (c *call) msgctl() (uint64, errno.Errno) {
	q, e := c.k.ipc.queues.find(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	switch c.a[1] &^ ipc64 {
	case ipcRemove:
		if e := c.ownsIPC(&q.ipcPerm); e != errno.OK {
			return 0, e
		}
		c.k.ipc.queues.remove(q)
		return 0, errno.OK
	case ipcSet:
		return 0, c.setQueue(q)
	case ipcStat:
		if e := c.mayIPC(&q.ipcPerm, ipcRead); e != errno.OK {
			return 0, e
		}
		b := ipcBytes{word: c.word}
		b.perm(&q.ipcPerm)
		b.time(q.sent)
		b.time(q.received)
		b.time(q.changed)
		b.long(q.bytes, uint64(len(q.messages)), q.most)
		b.u32(uint32(q.sender), uint32(q.lastReader))
		b.long(0, 0)
		return c.result(0, c.put(c.a[2], b.b))
	}
	return 0, errno.EINVAL
}

// setQueue is IPC_SET: nobody may make a queue longer than queues are.
func (c *call) setQueue(q *msgQueue) errno.Errno {
	at := uint64(48 + 5*8) // of msg_qbytes in struct msqid64_ds
	if c.word == 4 {
		at = 36 + 8*4
	}
	most, ok := c.getWord(c.a[2] + at)
	switch {
	case !ok:
		return errno.EFAULT
	case most > msgQueued:
		return errno.EPERM
	}
	e := c.setPerm(&q.ipcPerm, c.a[2])
	if e == errno.OK {
		q.most = most
	}
	return e
}
