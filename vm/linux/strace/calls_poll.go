package strace

import (
	"fmt"
	"strconv"
	"strings"
)

// pollCalls are the calls that wait for several descriptors.
func pollCalls(w *words) map[string]description {
	created := set(w.epollCreate, "EPOLL_???")
	list := map[string]description{
		"poll":          call(pollList, size, number).returns(pollResult),
		"ppoll":         call(pollList, size, timespec, setOf(4), size).returns(pollResult),
		"select":        call(number, fdSet, fdSet, fdSet, timeval).returns(selectResult),
		"pselect6":      call(number, fdSet, fdSet, fdSet, timespec, pselectMask).returns(selectResult),
		"eventfd":       call(unsigned),
		"eventfd2":      call(unsigned, set(w.eventfd, "EFD_???")),
		"epoll_create":  call(number),
		"epoll_create1": call(created),
		"epoll_ctl":     call(number, one(w.epollOps, "EPOLL_CTL_???"), number, epollEvent),
		"epoll_wait":    fills(1, number, epollEvents, number, number),
		"epoll_pwait":   fills(1, number, epollEvents, number, number, setOf(5), size),
		"epoll_pwait2":  fills(1, number, epollEvents, number, timespec, setOf(5), size),
	}
	list["_newselect"], list["ppoll_time64"] = list["select"], list["ppoll"]
	list["pselect6_time64"] = list["pselect6"]
	return list
}

func pollList(p *printer, v uint64) {
	n := int(min(p.c.Args[1], MaxList+1))
	if p.exit {
		return
	}
	if v == 0 || p.peek(v, 8) == nil {
		p.address(v)
		return
	}
	p.text("[")
	for i := range n {
		if i > 0 {
			p.text(", ")
		}
		b := p.peek(v+uint64(8*i), 8)
		if b == nil || i == MaxList {
			p.text("...")
			break
		}
		fd := int32(le32(b))
		if fd < 0 {
			p.printf("{fd=%d}", fd)
			continue
		}
		p.printf("{fd=%d, events=%s}", fd, join(uint64(le16(b[4:])), p.w.poll, "POLL???"))
	}
	p.text("]")
}

// pollResult tells what the call has found.
func pollResult(p *printer) string {
	if p.c.Result == 0 {
		return "0 (Timeout)"
	}
	var found []string
	for i := range min(p.c.Args[1], 1024) {
		b := p.peek(p.c.Args[0]+8*i, 8)
		if b == nil {
			break
		}
		if revents := le16(b[6:]); revents != 0 {
			found = append(found, fmt.Sprintf("{fd=%d, revents=%s}", int32(le32(b)),
				join(uint64(revents), p.w.poll, "POLL???")))
		}
	}
	s := fmt.Sprintf("%d ([%s]", p.c.Result, strings.Join(found, ", "))
	if p.c.Name != "poll" && p.c.Args[2] != 0 {
		if a, b, ok := p.pair(p.c.Args[2], p.narrow()); ok {
			s += ", left " + timespecText(a, b)
		}
	}
	return s + ")"
}

// fdSet is an argument of select.
func fdSet(p *printer, v uint64) {
	list, ok := p.members(v)
	if v == 0 || !ok {
		p.address(v)
		return
	}
	p.text(list)
}

// members are the descriptors in the set at va.
func (p *printer) members(va uint64) (string, bool) {
	n := int(int32(p.c.Args[0]))
	n = max(min(n, 1024), 0)
	b := p.peek(va, (n+7)/8)
	if b == nil {
		return "", false
	}
	var list []string
	for fd := range n {
		if b[fd/8]>>(fd%8)&1 != 0 {
			list = append(list, strconv.Itoa(fd))
		}
	}
	return "[" + strings.Join(list, " ") + "]", true
}

func selectResult(p *printer) string {
	if p.c.Result == 0 {
		return "0 (Timeout)"
	}
	var parts []string
	for i, name := range []string{"in ", "out ", "except "} {
		va := p.c.Args[1+i]
		if list, ok := p.members(va); va != 0 && ok && list != "[]" {
			parts = append(parts, name+list)
		}
	}
	if at := p.c.Args[4]; at != 0 {
		if a, b, ok := p.pair(at, p.narrow()); ok && p.c.Name == "select" {
			parts = append(parts, "left "+timevalText(a, b))
		} else if ok {
			parts = append(parts, "left "+timespecText(a, b))
		}
	}
	return fmt.Sprintf("%d (%s)", p.c.Result, strings.Join(parts, ", "))
}

// pselectMask is a pointer to a pointer to a set, and its size.
func pselectMask(p *printer, v uint64) {
	b := p.structure(v, 2*p.word(), false)
	if b == nil {
		return
	}
	p.text("{sigmask=")
	signalSet(p, p.wordAt(b, 0), p.wordAt(b, 1))
	p.printf(", sigsetsize=%d}", p.wordAt(b, 1))
}

func epollEvent(p *printer, v uint64) {
	const del = 2
	if p.c.Args[1] == del {
		p.address(v)
		return
	}
	if b := p.structure(v, 12, false); b != nil {
		p.text(p.epollText(b))
	}
}

func (p *printer) epollText(b []byte) string {
	return fmt.Sprintf("{events=%s, data={u32=%d, u64=%d}}", join(uint64(le32(b)), p.w.epoll, "EPOLL???"),
		le32(b[4:]),
		le64(b[4:]))
}

func epollEvents(p *printer, v uint64) {
	if p.failed() != 0 || v == 0 {
		p.address(v)
		return
	}
	var list []string
	for i := range min(p.c.Result, MaxList) {
		if b := p.peek(v+12*i, 12); b != nil {
			list = append(list, p.epollText(b))
		}
	}
	p.text("[" + strings.Join(list, ", ") + "]")
}
