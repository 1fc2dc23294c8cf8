package unwind

// ruleKind says how a register of the caller is found.
type ruleKind uint8

const (
	same      ruleKind = iota // it has not been touched
	undefined                 // it is lost; of the return address: there is no caller
	offset                    // it lies at CFA + n
	valOffset                 // it is CFA + n
	inReg                     // it is in register n
	expr                      // it lies where an expression says
	valExpr                   // it is what an expression gives
)

type rule struct {
	kind ruleKind
	n    int64
	expr []byte
}

// row is the rules that hold at one address.
type row struct {
	cfaReg  uint64
	cfaOff  int64
	cfaExpr []byte // instead of register and offset
	regs    [Registers]rule
}

// maxRemembered bounds DW_CFA_remember_state.
const maxRemembered = 32

// machine runs the programs of a CIE and an FDE.
type machine struct {
	c        *cie
	r        reader
	row      row
	initial  row
	saved    []row
	loc      uint64
	at       uint64 // stop before the row that begins behind it
	finished bool
}

// rowAt is the row of f at the address at of the file.
func (t *Table) rowAt(f *fde, at uint64) (*row, bool) {
	m := machine{c: f.cie, at: ^uint64(0)}
	m.r = reader{b: f.cie.program, va: f.cie.programVA, class: t.class}
	if !m.run() {
		return nil, false
	}
	m.initial = m.row
	m.r = reader{b: f.program, va: f.programVA, class: t.class}
	m.loc, m.at, m.finished = f.start, at, false
	if !m.run() {
		return nil, false
	}
	return &m.row, true
}

// run executes instructions until the program ends or the address is reached.
func (m *machine) run() bool {
	for m.r.left() > 0 && !m.finished && !m.r.bad {
		op := m.r.u8()
		low := uint64(op & 0x3f)
		ok := true
		switch op >> 6 {
		case 1:
			m.advance(low)
		case 2:
			ok = m.set(low, rule{kind: offset, n: int64(m.r.uleb()) * m.c.dataAlign})
		case 3:
			ok = m.restore(low)
		default:
			ok = m.extended(op)
		}
		if !ok {
			return false
		}
	}
	return !m.r.bad
}

func (m *machine) advance(delta uint64) { m.moveTo(m.loc + delta*m.c.codeAlign) }

func (m *machine) moveTo(loc uint64) {
	if loc > m.at {
		m.finished = true
		return
	}
	m.loc = loc
}

// set gives a register its rule. Registers that memlab does not have (vectors) are passed over.
func (m *machine) set(reg uint64, r rule) bool {
	if reg < Registers {
		m.row.regs[reg] = r
	}
	return true
}

func (m *machine) restore(reg uint64) bool {
	if reg < Registers {
		m.row.regs[reg] = m.initial.regs[reg]
	}
	return true
}

// extended executes the instructions that have an opcode byte of their own (DWARF 5, table 7.29).
//
//nolint:funlen // one switch
func (m *machine) extended(op byte) bool {
	r := &m.r
	switch op {
	case 0x00: // nop
	case 0x01:
		m.moveTo(r.pointer(m.c.encoding)) // set_loc
	case 0x02:
		m.advance(uint64(r.u8()))
	case 0x03:
		m.advance(uint64(r.u16()))
	case 0x04:
		m.advance(uint64(r.u32()))
	case 0x05: // offset_extended
		reg := r.uleb()
		return m.set(reg, rule{kind: offset, n: int64(r.uleb()) * m.c.dataAlign})
	case 0x06:
		return m.restore(r.uleb())
	case 0x07:
		return m.set(r.uleb(), rule{kind: undefined})
	case 0x08:
		return m.set(r.uleb(), rule{kind: same})
	case 0x09: // register
		reg := r.uleb()
		return m.set(reg, rule{kind: inReg, n: int64(r.uleb())})
	case 0x0a:
		if len(m.saved) >= maxRemembered {
			return false
		}
		m.saved = append(m.saved, m.row)
	case 0x0b:
		if len(m.saved) == 0 {
			return false
		}
		m.row, m.saved = m.saved[len(m.saved)-1], m.saved[:len(m.saved)-1]
	case 0x0c: // def_cfa
		m.row.cfaReg, m.row.cfaExpr = r.uleb(), nil
		m.row.cfaOff = int64(r.uleb())
	case 0x0d:
		m.row.cfaReg, m.row.cfaExpr = r.uleb(), nil
	case 0x0e:
		m.row.cfaOff = int64(r.uleb())
	case 0x0f:
		m.row.cfaExpr = m.block()
	case 0x10:
		reg := r.uleb()
		return m.set(reg, rule{kind: expr, expr: m.block()})
	case 0x11: // offset_extended_sf
		reg := r.uleb()
		return m.set(reg, rule{kind: offset, n: r.sleb() * m.c.dataAlign})
	case 0x12: // def_cfa_sf
		m.row.cfaReg, m.row.cfaExpr = r.uleb(), nil
		m.row.cfaOff = r.sleb() * m.c.dataAlign
	case 0x13:
		m.row.cfaOff = r.sleb() * m.c.dataAlign
	case 0x14:
		reg := r.uleb()
		return m.set(reg, rule{kind: valOffset, n: int64(r.uleb()) * m.c.dataAlign})
	case 0x15:
		reg := r.uleb()
		return m.set(reg, rule{kind: valOffset, n: r.sleb() * m.c.dataAlign})
	case 0x16:
		reg := r.uleb()
		return m.set(reg, rule{kind: valExpr, expr: m.block()})
	case 0x2e: // GNU_args_size
		r.uleb()
	case 0x2f: // GNU_negative_offset_extended
		reg := r.uleb()
		return m.set(reg, rule{kind: offset, n: -int64(r.uleb()) * m.c.dataAlign})
	default:
		return false
	}
	return true
}

// block is the bytes of an expression.
func (m *machine) block() []byte {
	n := m.r.uleb()
	at := m.r.at
	m.r.skip(n)
	if m.r.bad {
		return nil
	}
	return m.r.b[at:m.r.at:m.r.at]
}
