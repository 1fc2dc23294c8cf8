package linux

import (
	"encoding/binary"
	"strings"
	"testing"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// TestSocketErrors: what each call says to what it cannot do (net/unix/af_unix.c, net/socket.c).
func TestSocketErrors(t *testing.T) {
	r := newRig(t, rigOptions{})
	_, _ = r.call("socketpair", afUnix, sockStream|vfs.ONonBlock, 0, bufAt+0x800) // 3, 4
	_, _ = r.call("socket", afUnix, sockStream, 0)                                // 5
	_, _ = r.call("socket", afInet, sockDgram|vfs.ONonBlock, 0)                   // 6
	remote := binary.LittleEndian.Uint64([]byte{afInet, 0, 0, 80, 8, 8, 8, 8})
	r.words(bufAt+0x100, remote, 0)
	r.mem.put(bufAt+0x200, append([]byte{afUnix, 0}, "/etc/passwd\x00"...))
	for _, tt := range []struct {
		name string
		args []uint64
		want errno.Errno
	}{
		{"socket", []uint64{10, sockStream, 0}, errno.EAFNOSUPPORT},
		{"socket", []uint64{afUnix, 11, 0}, errno.EINVAL},
		{"socket", []uint64{afUnix, 4, 0}, errno.ESOCKTNOSUPPORT},
		{"socket", []uint64{afUnix, sockStream, 6}, errno.EPROTONOSUPPORT},
		{"socket", []uint64{afInet, 3, 0}, errno.EPERM},
		{"socketpair", []uint64{afInet, sockStream, 0, bufAt}, errno.EOPNOTSUPP},
		{"socketpair", []uint64{afUnix, sockStream, 0, holeAt}, errno.EFAULT},
		{"accept", []uint64{3, 0, 0}, errno.EINVAL},
		{"accept", []uint64{6, 0, 0}, errno.EOPNOTSUPP},
		{"listen", []uint64{5, 1}, errno.EINVAL},
		{"listen", []uint64{1, 1}, errno.ENOTSOCK},
		{"connect", []uint64{99, bufAt, 16}, errno.EBADF},
		{"connect", []uint64{3, bufAt + 0x200, 14}, errno.EISCONN},
		{"connect", []uint64{5, bufAt + 0x200, 14}, errno.ECONNREFUSED},
		{"connect", []uint64{6, bufAt + 0x100, 16}, errno.ENETUNREACH},
		{"bind", []uint64{6, bufAt + 0x100, 16}, errno.EADDRNOTAVAIL},
		{"bind", []uint64{5, bufAt + 0x200, 14}, errno.EADDRINUSE},
		{"bind", []uint64{5, bufAt + 0x200, 200}, errno.EINVAL},
		{"recvfrom", []uint64{3, bufAt, 8, 0, 0, 0}, errno.EAGAIN},
		{"recvfrom", []uint64{5, bufAt, 8, 0, 0, 0}, errno.EINVAL},
		{"sendto", []uint64{5, bufAt, 8, 0, 0, 0}, errno.ENOTCONN},
		{"sendto", []uint64{6, bufAt, 8, 0, 0, 0}, errno.EDESTADDRREQ},
		{"getpeername", []uint64{5, bufAt, bufAt + 8}, errno.ENOTCONN},
		{"setsockopt", []uint64{3, solTCP, 1, bufAt, 4}, errno.EOPNOTSUPP},
		{"getsockopt", []uint64{3, solSocket, 999, bufAt, bufAt}, errno.ENOPROTOOPT},
		{"shutdown", []uint64{3, 3}, errno.EINVAL},
		{"lseek", []uint64{3, 0, 0}, errno.ESPIPE},
	} {
		if v, e := r.call(tt.name, tt.args...); e != tt.want {
			t.Errorf("%s(%s) = %d %v, want %v", tt.name, hexArgs(tt.args), v, e, tt.want)
		}
	}
}

// TestSocketTimeout: SO_RCVTIMEO bounds a read in simulated time.
func TestSocketTimeout(t *testing.T) {
	r := newRig(t, rigOptions{})
	_, _ = r.call("socketpair", afUnix, sockStream, 0, bufAt)
	r.words(bufAt, 2, 500000)
	if _, e := r.call("setsockopt", 3, solSocket, soRecvTimeout, bufAt, 16); e != errno.OK {
		t.Fatal(e)
	}
	start := r.clock.now
	if _, e := r.call("read", 3, bufAt, 8); e != errno.EAGAIN || r.clock.now != start+25e8 {
		t.Errorf("%v after %d ns", e, r.clock.now-start)
	}
}

// TestHandedOver: a file in a message that nobody takes is closed with the socket.
func TestHandedOver(t *testing.T) {
	r := newRig(t, rigOptions{})
	_, _ = r.call("socketpair", afUnix, sockStream, 0, bufAt) // 3, 4
	_, _ = r.call("pipe", bufAt)                              // 5, 6
	r.words(bufAt, 0, 0, bufAt+0x100, 1, bufAt+0x200, 24, 0)
	r.words(bufAt+0x100, bufAt+0x300, 1)
	r.words(bufAt+0x200, uint64(cmsgHeader(8)+4), solSocket|scmRights<<32, 6)
	if n, e := r.call("sendmsg", 3, bufAt, 0); n != 1 || e != errno.OK {
		t.Fatal(n, e)
	}
	_, _ = r.call("close", 6)
	_, _ = r.call("fcntl", 5, fSetFL, vfs.ONonBlock)
	if _, e := r.call("read", 5, bufAt, 1); e != errno.EAGAIN {
		t.Errorf("while it is on its way: %v", e)
	}
	_, _ = r.call("close", 4)
	if n, e := r.call("read", 5, bufAt, 1); n != 0 || e != errno.OK {
		t.Errorf("after that: %d %v", n, e)
	}
	if _, e := r.call("write", 3, bufAt, 1); e != errno.EPIPE && !r.p.exited {
		t.Error(e)
	}
}

// FuzzConversations makes many calls, one after the other, of those that keep something in the kernel: each
// ends, and what is in the sockets' queues stays within their buffers.
func FuzzConversations(f *testing.F) {
	names := strings.Fields("socketpair socket bind listen connect accept4 sendto recvfrom sendmsg recvmsg " +
		"sendmmsg recvmmsg shutdown close dup getsockopt setsockopt getsockname poll epoll_create1 epoll_ctl " +
		"epoll_wait timerfd_create timerfd_settime read write signalfd4 kill rt_sigtimedwait rt_sigprocmask " +
		"timer_create timer_settime setitimer alarm pidfd_open pidfd_send_signal pipe fcntl tgkill nanosleep")
	f.Add([]byte("\x00\x01\x81\x00\x10\x06\x03\x10\x08\x40\x07\x04\x10\x08\x40"))
	f.Add([]byte("\x16\x01\x00\x00\x00\x17\x03\x00\x11\x00\x18\x03\x10\x08\x00\x20\x02\x11\x00\x00"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		r := newRig(t, rigOptions{policy: ENOSYSOnUnknown, in: strings.NewReader("text")})
		for i := range uint64(64) {
			r.words(bufAt+64*i, bufAt+64*(i+1), 8, i%3, 1000*i)
		}
		for n := 0; len(ops) >= 5 && n < 100 && !r.p.exited; n++ {
			var a [4]uint64
			for i, v := range ops[1:5] {
				if a[i] = uint64(v); v&0x10 != 0 { // small numbers, and places in the buffer
					a[i] = bufAt + 64*uint64(v&0xf)
				}
			}
			_, err := r.try(names[int(ops[0])%len(names)], a[:]...)
			if err != nil {
				return // it waits for ever
			}
			ops = ops[5:]
		}
		for fd := range 64 {
			if file := r.p.Files.Get(fd); file != nil {
				if s, ok := file.Special().(*socket); ok && (s.charged < 0 || s.charged > 2*sendBuffer) {
					t.Fatalf("descriptor %d: %d bytes", fd, s.charged)
				}
			}
		}
	})
}
