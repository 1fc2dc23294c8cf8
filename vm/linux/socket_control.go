package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// What travels beside the bytes: open files and credentials, each in a struct cmsghdr
// (include/linux/socket.h), here that of x86-64; the length of i386's has 4 bytes, and all is aligned to 4:
//
//	0  length, with this header    8  level    12  type    16  data    next header at a multiple of 8
const (
	scmRights   = 1
	scmCreds    = 2
	maxRights   = 253 // SCM_MAX_FD
	credsSize   = 12  // struct ucred
	maxControls = 10240
)

// cmsg is one control message.
type cmsg struct {
	level, kind uint32
	data        []byte
}

// cmsgHeader is the size of a header whose length has a word of so many bytes.
func cmsgHeader(word int) int { return word + 8 }

// cmsgs takes control messages apart (__scm_send).
func cmsgs(b []byte, word int) (list []cmsg, e errno.Errno) {
	header := cmsgHeader(word)
	for len(b) >= header {
		n := uint64(binary.LittleEndian.Uint32(b))
		if word == 8 {
			n = binary.LittleEndian.Uint64(b)
		}
		if n < uint64(header) || n > uint64(len(b)) {
			return nil, errno.EINVAL
		}
		list = append(list, cmsg{
			binary.LittleEndian.Uint32(b[word:]), binary.LittleEndian.Uint32(b[word+4:]), b[header:n],
		})
		mask := uint64(word) - 1
		b = b[min((n+mask)&^mask, uint64(len(b))):]
	}
	return list, errno.OK
}

// control fills m with what the caller's control messages hand over. The files are held until the message is
// taken or dropped.
func (c *call) control(m *message, b []byte) (e errno.Errno) {
	list, e := cmsgs(b, c.word)
	defer func() {
		if e != errno.OK {
			for _, f := range m.files {
				f.Close()
			}
			m.files = nil
		}
	}()
	for _, cm := range list {
		switch {
		case cm.level != solSocket:
		case cm.kind == scmRights:
			if e := c.rights(m, cm.data); e != errno.OK {
				return e
			}
		case cm.kind == scmCreds:
			if len(cm.data) != credsSize {
				return errno.EINVAL
			}
			given := ucred{
				int32(binary.LittleEndian.Uint32(cm.data)), binary.LittleEndian.Uint32(cm.data[4:]),
				binary.LittleEndian.Uint32(cm.data[8:]),
			}
			if given != c.creds() && c.p.Cred.UID != 0 {
				return errno.EPERM
			}
			m.cred = given
		default:
			return errno.EINVAL
		}
	}
	return e
}

// rights adds the files of some descriptors to m.
func (c *call) rights(m *message, data []byte) errno.Errno {
	n := len(data) / 4
	if n+len(m.files) > maxRights {
		return errno.EINVAL
	}
	for i := range n {
		f, e := c.anyFD(uint64(binary.LittleEndian.Uint32(data[4*i:])))
		if e != errno.OK {
			return e
		}
		f.Hold()
		m.files = append(m.files, f)
	}
	return errno.OK
}

// controlOut is the control messages for a reader.
type controlOut struct {
	b    []byte
	word int // bytes of a length
	room int
	cut  bool // MSG_CTRUNC: there was more
}

// add appends one message, or as much of it as there is room for (net/core/scm.c, put_cmsg).
func (o *controlOut) add(kind uint32, data []byte) {
	left, header := o.room-len(o.b), cmsgHeader(o.word)
	if left < header {
		o.cut = true
		return
	}
	size := header + len(data)
	if size > left {
		o.cut, size = true, left
	}
	o.b = binary.LittleEndian.AppendUint64(o.b, uint64(size))[:len(o.b)+o.word]
	o.b = binary.LittleEndian.AppendUint32(o.b, solSocket)
	o.b = binary.LittleEndian.AppendUint32(o.b, kind)
	o.b = append(o.b, data[:size-header]...)
	for len(o.b)%o.word != 0 && len(o.b) < o.room {
		o.b = append(o.b, 0)
	}
}

// controlFor makes the control messages of what s has received; the files get descriptors, those for which
// there is no room are closed (scm_detach_fds).
func (c *call) controlFor(s *socket, r received, room int, closeExec bool) controlOut {
	o := controlOut{room: room, word: c.word}
	if s.option(soPassCred) != 0 && r.any {
		b := binary.LittleEndian.AppendUint32(nil, uint32(r.cred.pid))
		b = binary.LittleEndian.AppendUint32(b, r.cred.uid)
		o.add(scmCreds, binary.LittleEndian.AppendUint32(b, r.cred.gid))
	}
	if len(r.files) == 0 {
		return o
	}
	fits := max((room-len(o.b)-cmsgHeader(o.word))/4, 0)
	var fds []byte
	for i, f := range r.files {
		if i >= fits {
			c.closeAll(r.files[i:], &o)
			break
		}
		fd, e := c.install(f, 0, closeExec)
		if e != errno.OK { // install has closed this one
			c.closeAll(r.files[i+1:], &o)
			o.cut = true
			break
		}
		fds = binary.LittleEndian.AppendUint32(fds, uint32(fd))
	}
	if len(fds) > 0 {
		o.add(scmRights, fds)
	}
	return o
}

func (c *call) closeAll(files []*vfs.File, o *controlOut) {
	for _, f := range files {
		f.Close()
		o.cut = true
	}
}
