package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// The line discipline N_TTY (drivers/tty/n_tty.c): it makes lines of what is typed, with erasing and echo,
// finds the characters that are signals, and puts a carriage return before each line feed that is shown.

// termios is struct ktermios: four words of flags, the discipline, special characters.
type termios struct {
	input, output, control, local uint32
	discipline                    byte
	cc                            [19]byte
}

// The flags that mean something here (include/uapi/asm-generic/termbits.h).
const (
	inStrip  = 0o40
	inNLtoCR = 0o100
	inNoCR   = 0o200
	inCRtoNL = 0o400
	inXOn    = 0o2000
	inXAny   = 0o4000
	inUTF8   = 0o40000

	outProcess = 0o1
	outNLtoCR  = 0o4
	outCRtoNL  = 0o10
	outNoCR    = 0o20
	outNLRet   = 0o40
	outTabs    = 0o14000

	localSignals  = 0o1
	localLines    = 0o2 // ICANON
	localEcho     = 0o10
	localErase    = 0o20 // ECHOE
	localKill     = 0o40 // ECHOK
	localEchoNL   = 0o100
	localNoFlush  = 0o200
	localStop     = 0o400 // TOSTOP
	localCaret    = 0o1000
	localKillLine = 0o4000 // ECHOKE
	localExtended = 0o100000
)

// The special characters: their places in cc.
const (
	charIntr   = 0
	charQuit   = 1
	charErase  = 2
	charKill   = 3
	charEOF    = 4
	charTime   = 5
	charMin    = 6
	charStart  = 8
	charStop   = 9
	charSusp   = 10
	charEOL    = 11
	charReprnt = 12
	charWErase = 14
	charLNext  = 15
	charEOL2   = 16
)

// freshTermios are the settings of a new pseudo-terminal (tty_std_termios).
func freshTermios() termios {
	t := termios{input: 0x500, output: 0x5, control: 0xbf, local: 0x8a3b}
	copy(t.cc[:], []byte{3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22})
	return t
}

// termiosSize is the size of the structure that TCGETS fills.
const termiosSize = 36

func (t *termios) bytes() []byte {
	var b []byte
	for _, w := range [...]uint32{t.input, t.output, t.control, t.local} {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return append(append(b, t.discipline), t.cc[:]...)
}

func (t *termios) set(b []byte) {
	le := binary.LittleEndian
	t.input, t.output = le.Uint32(b), le.Uint32(b[4:])
	t.control, t.local = le.Uint32(b[8:]), le.Uint32(b[12:])
	t.discipline = b[16]
	copy(t.cc[:], b[17:])
}

// is reports whether c is the special character at a place; 0 disables one.
func (t *termios) is(c byte, place int) bool { return c != 0 && t.cc[place] == c }

// discipline is what has been typed and not been read.
type discipline struct {
	lines  []typedLine // in line mode: those that can be read
	edit   []byte      // the line that is being typed; without line mode, all
	quoted bool        // the next character stands for itself
	column int         // of output, for tabs and erasing
	start  int         // column at which the edited line began
}

// typedLine is one line. One that was ended by EOF has no line feed, and an empty one is the end of the file.
type typedLine struct{ text []byte }

func (d *discipline) size() int {
	n := len(d.edit)
	for _, l := range d.lines {
		n += len(l.text) + 1
	}
	return n
}

// ready reports whether a read would give something: a line, or so many characters.
func (d *discipline) ready(t *termios, least int) bool {
	if t.local&localLines != 0 {
		return len(d.lines) > 0
	}
	if t.cc[charTime] == 0 {
		least = max(least, int(t.cc[charMin]))
	}
	return d.size() >= least
}

// take reads: of a line at most.
func (d *discipline) take(t *termios, b []byte) (int, errno.Errno) {
	if t.local&localLines == 0 {
		for _, l := range d.lines { // typed before lines were switched off
			d.edit = append(l.text, d.edit...)
		}
		d.lines = nil
		if len(d.edit) == 0 {
			return 0, errno.EAGAIN
		}
		n := copy(b, d.edit)
		d.edit = append(d.edit[:0], d.edit[n:]...)
		return n, errno.OK
	}
	if len(d.lines) == 0 {
		return 0, errno.EAGAIN
	}
	l := &d.lines[0]
	n := copy(b, l.text)
	if l.text = l.text[n:]; len(l.text) == 0 {
		d.lines = d.lines[1:]
	}
	return n, errno.OK
}

// flush forgets what has been typed.
func (d *discipline) flush() { d.lines, d.edit, d.quoted = nil, nil, false }

// typed is one character from the keyboard (n_tty_receive_char).
func (p *pty) typed(c byte) {
	t, d := &p.termios, &p.line
	if t.input&inStrip != 0 {
		c &= 0x7f
	}
	if d.quoted {
		d.quoted = false
		p.keep(c)
		return
	}
	switch {
	case t.input&inXOn != 0 && t.is(c, charStop):
		p.held = true
		return
	case t.input&inXOn != 0 && t.is(c, charStart), p.held && t.input&inXAny != 0:
		p.held = false
		return
	}
	if t.local&localSignals != 0 {
		for _, s := range [...]struct{ place, sig int }{
			{charIntr, SIGINT},
			{charQuit, SIGQUIT},
			{charSusp, SIGTSTP},
		} {
			if t.is(c, s.place) {
				p.signal(c, s.sig)
				return
			}
		}
	}
	switch {
	case c == '\r' && t.input&inNoCR != 0:
		return
	case c == '\r' && t.input&inCRtoNL != 0:
		c = '\n'
	case c == '\n' && t.input&inNLtoCR != 0:
		c = '\r'
	}
	if t.local&localLines == 0 || !p.edited(c) {
		p.keep(c)
	}
}

// signalKeeps is how much of what was to be shown has reached the master's side, and stays (N_TTY_BUF_SIZE).
const signalKeeps = 4095

// signal sends a character's signal to the foreground (isig): what was typed is dropped, and what is on its
// way to the master, with the echo of what was typed at once.
func (p *pty) signal(c byte, sig int) {
	if p.termios.local&localNoFlush == 0 {
		p.line.flush()
		p.out = p.out[:min(p.shown, signalKeeps)]
	}
	p.held = false
	if p.termios.local&localEcho != 0 {
		p.echo(c)
	}
	if p.group != 0 {
		p.k.sendGroup(p.group, sigInfo{sig: sig, code: siKernel})
	}
}

// edited deals with what line mode makes of a character; false: it is one like any other.
func (p *pty) edited(c byte) bool {
	t, d := &p.termios, &p.line
	more := t.local&localExtended != 0
	switch {
	case t.is(c, charErase), t.is(c, charKill), more && t.is(c, charWErase):
		p.erase(c)
	case more && t.is(c, charLNext):
		d.quoted = true
		if t.local&localEcho != 0 && t.local&localCaret != 0 {
			p.show('^')
			p.show('\b')
		}
	case more && t.is(c, charReprnt) && t.local&localEcho != 0:
		p.echo(c)
		p.show('\n')
		for _, c := range d.edit {
			p.echo(c)
		}
	case c == '\n':
		if t.local&(localEcho|localEchoNL) != 0 {
			p.show(c)
		}
		p.end(c)
	case t.is(c, charEOF):
		d.lines = append(d.lines, typedLine{d.edit})
		d.edit = nil
	case t.is(c, charEOL), more && t.is(c, charEOL2):
		if t.local&localEcho != 0 {
			p.echo(c)
		}
		p.end(c)
	default:
		return false
	}
	return true
}

// end ends the edited line with c.
func (p *pty) end(c byte) {
	d := &p.line
	d.lines = append(d.lines, typedLine{append(d.edit, c)})
	d.edit = nil
}

// keep puts a character behind what was typed, and echoes it.
func (p *pty) keep(c byte) {
	t, d := &p.termios, &p.line
	if len(d.edit) == 0 {
		d.start = d.column
	}
	if t.local&localEcho != 0 {
		if c == '\n' && t.local&localLines == 0 {
			p.show(c)
		} else {
			p.echo(c)
		}
	}
	d.edit = append(d.edit, c)
}

// echo shows a character that was typed: one of control as ^X, if that is asked for.
func (p *pty) echo(c byte) {
	if p.caret(c) {
		p.show('^')
		p.show(c ^ 0x40)
		return
	}
	p.show(c)
}

func (p *pty) caret(c byte) bool {
	return p.termios.local&localCaret != 0 && (c < ' ' && c != '\t' && c != '\n' || c == 0x7f)
}

// erase takes back a character, a word or the line (eraser).
func (p *pty) erase(c byte) {
	t, d := &p.termios, &p.line
	if len(d.edit) == 0 {
		return
	}
	shows := t.local&localEcho != 0
	kill := t.is(c, charKill)
	const wiping = localKill | localKillLine | localErase
	if kill && (!shows || t.local&wiping != wiping) {
		d.edit = nil
		if shows {
			if p.echo(c); t.local&localKill != 0 {
				p.show('\n')
			}
		}
		return
	}
	word := !kill && t.is(c, charWErase) && t.local&localExtended != 0
	seen := false
	for len(d.edit) > 0 {
		n := len(d.edit) - 1
		for n > 0 && t.input&inUTF8 != 0 && d.edit[n]&0xc0 == 0x80 {
			n--
		}
		last := d.edit[n]
		if word {
			if isWord(last) {
				seen = true
			} else if seen {
				return
			}
		}
		d.edit = d.edit[:n]
		if shows {
			p.wipe(c, last, kill)
		}
		if !kill && !word {
			return
		}
	}
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
}

// wipe takes a character off the screen.
func (p *pty) wipe(with, c byte, kill bool) {
	switch {
	case !kill && p.termios.local&localErase == 0:
		p.echo(with)
	case c == '\t':
		at := p.line.start
		for _, e := range p.line.edit {
			switch {
			case e == '\t':
				at = at&^7 + 8
			case p.caret(e):
				at += 2
			default:
				at++
			}
		}
		for p.line.column > at {
			p.show('\b')
		}
	default:
		n := 1
		if p.caret(c) {
			n = 2
		}
		for range n {
			for _, c := range []byte("\b \b") {
				p.show(c)
			}
		}
	}
}

// show puts a character on its way to the master, as the output flags want it (do_output_char).
func (p *pty) show(c byte) {
	t, d := &p.termios, &p.line
	if t.output&outProcess == 0 {
		p.out = append(p.out, c)
		return
	}
	switch c {
	case '\n':
		if t.output&outNLRet != 0 {
			d.column = 0
		}
		if t.output&outNLtoCR != 0 {
			d.column = 0
			p.out = append(p.out, '\r')
		}
	case '\r':
		if t.output&outNoCR != 0 && d.column == 0 {
			return
		}
		if t.output&outCRtoNL != 0 {
			c = '\n'
		} else {
			d.column = 0
		}
	case '\t':
		n := 8 - d.column&7
		d.column += n
		if t.output&outTabs == outTabs {
			p.out = append(p.out, "        "[:n]...)
			return
		}
	case '\b':
		d.column = max(d.column-1, 0)
	default:
		if c >= ' ' && c&0xc0 != 0x80 && c != 0x7f {
			d.column++
		}
	}
	p.out = append(p.out, c)
}
