package vfs

import (
	"memlab/vm/linux/errno"
)

// Device is a character device that the guest can open.
type Device uint8

// The devices (numbers: Documentation/admin-guide/devices.txt).
const (
	noDevice  Device = iota
	DevNull          // 1:3
	DevZero          // 1:5
	DevFull          // 1:7
	DevRandom        // 1:8, and 1:9 urandom
)

func (d Device) rdev() uint64 {
	minors := [...]uint64{0, 3, 5, 7, 9}
	if d == noDevice {
		return 0
	}
	return 1<<8 | minors[d]
}

// Random fills b with random bytes; the kernel's generator is handed in.
type Random func(b []byte)

// MountDevices makes /dev: null, zero, full, random, urandom, the links fd, stdin, stdout, stderr into
// /proc, and the folder shm.
func (f *FS) MountDevices(random Random) errno.Errno {
	f.random = random
	if e := f.Mount("/dev", nil, MountOverlay); e != errno.OK {
		return e
	}
	c := &Context{Cwd: f.root}
	devices := []struct {
		name string
		kind Device
	}{
		{"null", DevNull},
		{"zero", DevZero},
		{"full", DevFull},
		{"random", DevRandom},
		{"urandom", DevRandom},
	}
	for _, d := range devices {
		p, e := f.entry(c, nil, "/dev/"+d.name)
		if e != errno.OK {
			return e
		}
		n, e := f.create(c, p, typeChr|0o666)
		if e != errno.OK {
			return e
		}
		n.dev = d.kind
	}
	links := [][2]string{
		{"fd", "/proc/self/fd"},
		{"stdin", "/proc/self/fd/0"},
		{"stdout", "/proc/self/fd/1"},
		{"stderr", "/proc/self/fd/2"},
	}
	for _, l := range links {
		if e := f.Symlink(c, l[1], nil, "/dev/"+l[0]); e != errno.OK {
			return e
		}
	}
	return f.makeShm()
}

// makeShm makes /dev/shm, where shm_open and sem_open put their files: anybody may write there, as on a
// tmpfs.
func (f *FS) makeShm() errno.Errno {
	c := &Context{Cwd: f.root}
	p, e := f.entry(c, nil, "/dev/shm")
	if e == errno.OK {
		_, e = f.create(c, p, typeDir|0o1777)
	}
	return e
}

// device is an open character device.
type device struct {
	kind Device
	fs   *FS
}

func (d *device) readAt(b []byte, _ int64) (int, errno.Errno) {
	switch d.kind {
	case DevNull:
		return 0, errno.OK
	case DevRandom:
		d.fs.random(b)
	default:
		clear(b)
	}
	return len(b), errno.OK
}

func (d *device) writeAt(b []byte, _ int64) (int, errno.Errno) {
	if d.kind == DevFull {
		return 0, errno.ENOSPC
	}
	return len(b), errno.OK
}
