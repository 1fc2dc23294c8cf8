package strace

import "bytes"

// systemCalls are the calls about the machine.
func systemCalls(w *words) map[string]description {
	return map[string]description{
		"uname":         fills(0, uname),
		"sysinfo":       fills(0, sysinfo),
		"getrandom":     fills(0, random, size, set(w.random, "GRND_???")),
		"sethostname":   call(written(1), size),
		"setdomainname": call(written(1), size),
	}
}

func uname(p *printer, v uint64) {
	const field = 65
	b := p.structure(v, 2*field, true)
	if b == nil {
		return
	}
	p.text("{sysname=")
	p.cString(v, field)
	p.text(", nodename=")
	p.cString(v+field, field)
	p.text(", ...}")
}

func sysinfo(p *printer, v uint64) {
	if p.c.Bits32 {
		p.address(v)
		return
	}
	b := p.structure(v, 112, true)
	if b == nil {
		return
	}
	w := func(i int) uint64 { return le64(b[8*i:]) }
	p.printf("{uptime=%d, loads=[%d, %d, %d], totalram=%d, freeram=%d, sharedram=%d, bufferram=%d", w(0),
		w(1), w(2), w(3),
		w(4), w(5), w(6), w(7))
	p.printf(", totalswap=%d, freeswap=%d, procs=%d, totalhigh=%d, freehigh=%d, mem_unit=%d}", w(8), w(9),
		le16(b[80:]),
		le64(b[88:]), le64(b[96:]), le32(b[104:]))
}

// socketCalls are the calls on sockets.
func socketCalls(w *words) map[string]description {
	flags := set(w.msgFlags, "MSG_???")
	return map[string]description{
		"socket":      call(one(w.families, "AF_???"), socketType, protocol),
		"socketpair":  fills(3, one(w.families, "AF_???"), socketType, protocol, fdPair),
		"connect":     call(number, socketAddress(2), size),
		"bind":        call(number, socketAddress(2), size),
		"listen":      call(number, number),
		"accept":      fills(1, number, socketFilled, numberAt),
		"accept4":     fills(1, number, socketFilled, numberAt, set(w.socketFlags, "SOCK_???")),
		"getsockname": fills(1, number, socketFilled, numberAt),
		"getpeername": fills(1, number, socketFilled, numberAt),
		"setsockopt":  call(number, one(w.levels, "SOL_???"), socketOption, optionValue, size),
		"getsockopt":  fills(3, number, one(w.levels, "SOL_???"), socketOption, optionFilled, numberAt),
		"shutdown":    call(number, one(w.shutdown, "SHUT_???")),
		"sendto":      call(number, written(2), size, flags, socketAddress(5), size),
		"recvfrom":    fills(1, number, filled, size, flags, socketFilled, numberAt),
		"sendmsg":     call(number, message, flags),
		"recvmsg":     fills(1, number, message, flags),
		"socketcall":  call(number, pointer),
	}
}

func socketType(p *printer, v uint64) {
	p.kindAndFlags(v, p.w.socketTypes, p.w.socketFlags, "SOCK_???")
}

func protocol(p *printer, v uint64) {
	if family := p.c.Args[0]; family == 2 || family == 10 {
		p.text(find(v, p.w.protocols, "IPPROTO_???"))
		return
	}
	size(p, v)
}

// socketAddress is a struct sockaddr whose length the argument with the number i says.
func socketAddress(i int) func(*printer, uint64) {
	return func(p *printer, v uint64) { p.sockaddr(v, p.c.Args[i]) }
}

func socketFilled(p *printer, v uint64) {
	b := p.peek(p.c.Args[len(p.c.Args)-1], 4)
	if p.c.Name != "recvfrom" {
		b = p.peek(p.c.Args[2], 4)
	}
	if p.failed() != 0 || v == 0 || b == nil {
		p.address(v)
		return
	}
	p.sockaddr(v, uint64(le32(b)))
}

func (p *printer) sockaddr(v, n uint64) {
	b := p.structure(v, int(min(n, 128)), false)
	if b == nil {
		return
	}
	if len(b) < 2 {
		p.text(quote(b))
		return
	}
	family := uint64(le16(b))
	p.text("{sa_family=" + find(family, p.w.families, "AF_???"))
	switch {
	case family == 1 && len(b) > 2:
		p.text(", sun_path=")
		if b[2] == 0 {
			p.text("@" + quote(b[3:]))
		} else {
			name, _, _ := bytes.Cut(b[2:], []byte{0})
			p.text(quote(name))
		}
	case family == 2 && len(b) >= 8:
		p.printf(", sin_port=htons(%d), sin_addr=inet_addr(\"%d.%d.%d.%d\")", int(b[2])<<8|int(b[3]), b[4],
			b[5], b[6], b[7])
	case len(b) > 2:
		p.text(", sa_data=" + quote(b[2:]))
	}
	p.text("}")
}

func socketOption(p *printer, v uint64) {
	const solSocket = 1
	if p.c.Args[1] == solSocket {
		p.text(find(v, p.w.options, "SO_???"))
		return
	}
	hex(p, v)
}

func optionValue(p *printer, v uint64) {
	if b := p.structure(v, 4, false); p.c.Args[4] >= 4 && b != nil {
		p.printf("[%d]", int32(le32(b)))
	}
}

func optionFilled(p *printer, v uint64) {
	if b := p.structure(v, 4, true); b != nil {
		p.printf("[%d]", int32(le32(b)))
	}
}

// message is struct msghdr.
func message(p *printer, v uint64) {
	w := p.word()
	b := p.structure(v, 7*w, p.exit)
	if b == nil {
		return
	}
	p.text("{msg_name=")
	p.address(p.wordAt(b, 0))
	p.printf(", msg_namelen=%d, msg_iov=", le32(b[w:]))
	have := uint64(1 << 62)
	if p.exit {
		have = p.c.Result
	}
	n := p.wordAt(b, 3)
	vector(p, p.wordAt(b, 2), int(min(n, 1024)), have)
	p.printf(", msg_iovlen=%d, msg_controllen=%d, msg_flags=%s}", n, p.wordAt(b, 5),
		join(uint64(le32(b[6*w:])), p.w.msgFlags, "MSG_???"))
}
