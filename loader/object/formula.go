package object

import "memlab/loader/elf"

// A formula is how a relocation's value comes about. The letters are the ABI's: S the symbol's value, A the
// addend, P the place, G the offset of the symbol's slot in the global offset table, GOT the table's address,
// Z the symbol's size. L, the entry in a procedure linkage table, is S here: everything is linked statically.
type formula struct {
	text   string
	size   int // bytes of the place: 1, 2, 4, 8; 0: nothing is written
	check  fit
	slot   bool // needs a slot of the global offset table
	table  bool // needs the table
	values func(v *values) uint64
}

// values are what the letters stand for.
type values struct{ s, a, p, g, got, z uint64 }

// fit is which values a place of 4 bytes and less can hold.
type fit uint8

const (
	wraps    fit = iota // whatever: the low bits count
	unsigned            // zero-extended to the whole value
	signed              // sign-extended
	either              // one of the two
)

func absolute(v *values) uint64    { return v.s + v.a }
func relative(v *values) uint64    { return v.s + v.a - v.p }
func slotOffset(v *values) uint64  { return v.g + v.a }
func slotPlace(v *values) uint64   { return v.g + v.got + v.a - v.p }
func slotAddress(v *values) uint64 { return v.g + v.got + v.a }
func fromTable(v *values) uint64   { return v.s + v.a - v.got }
func tablePlace(v *values) uint64  { return v.got + v.a - v.p }
func extent(v *values) uint64      { return v.z + v.a }
func nothing(*values) uint64       { return 0 }

// What more than one relocation does.
const (
	textAbsolute  = "S + A"
	textRelative  = "S + A - P"
	textPLT       = "L + A - P"
	textSlot      = "G + A"
	textSlotPlace = "G + GOT + A - P"
	textFromTable = "S + A - GOT"
	textTable     = "GOT + A - P"
	textSize      = "Z + A"
)

// formulaOf is the formula of a relocation; nil: it is not applied here.
func formulaOf(c elf.Class, typ uint32) *formula {
	if c == elf.Class64 {
		return formula64(typ)
	}
	return formula32(typ)
}

// formula64 are those of the x86-64 psABI.
func formula64(typ uint32) *formula {
	switch typ {
	case 0: // NONE
		return &formula{values: nothing}
	case 1: // 64
		return &formula{text: textAbsolute, size: 8, values: absolute}
	case 2: // PC32
		return &formula{text: textRelative, size: 4, check: signed, values: relative}
	case 3: // GOT32
		return &formula{text: textSlot, size: 4, check: signed, slot: true, values: slotOffset}
	case 4: // PLT32
		return &formula{text: textPLT, size: 4, check: signed, values: relative}
	case 9, 41, 42: // GOTPCREL, GOTPCRELX, REX_GOTPCRELX
		return &formula{text: textSlotPlace, size: 4, check: signed, slot: true, values: slotPlace}
	case 10: // 32
		return &formula{text: textAbsolute, size: 4, check: unsigned, values: absolute}
	case 11: // 32S
		return &formula{text: textAbsolute, size: 4, check: signed, values: absolute}
	case 12: // 16
		return &formula{text: textAbsolute, size: 2, check: either, values: absolute}
	case 13: // PC16
		return &formula{text: textRelative, size: 2, check: signed, values: relative}
	case 14: // 8
		return &formula{text: textAbsolute, size: 1, check: either, values: absolute}
	case 15: // PC8
		return &formula{text: textRelative, size: 1, check: signed, values: relative}
	case 24: // PC64
		return &formula{text: textRelative, size: 8, values: relative}
	case 25: // GOTOFF64
		return &formula{text: textFromTable, size: 8, table: true, values: fromTable}
	case 26: // GOTPC32
		return &formula{text: textTable, size: 4, check: signed, table: true, values: tablePlace}
	}
	return formula64Large(typ)
}

// formula64Large are those of the large code model, and sizes.
func formula64Large(typ uint32) *formula {
	switch typ {
	case 27, 30: // GOT64, GOTPLT64
		return &formula{text: textSlot, size: 8, slot: true, values: slotOffset}
	case 28: // GOTPCREL64
		return &formula{text: textSlotPlace, size: 8, slot: true, values: slotPlace}
	case 29: // GOTPC64
		return &formula{text: textTable, size: 8, table: true, values: tablePlace}
	case 31: // PLTOFF64
		return &formula{text: "L + A - GOT", size: 8, table: true, values: fromTable}
	case 32: // SIZE32
		return &formula{text: textSize, size: 4, check: unsigned, values: extent}
	case 33: // SIZE64
		return &formula{text: textSize, size: 8, values: extent}
	}
	return nil
}

// The i386 relocations that load from the table without a base register in their instruction.
const (
	got32  = 3
	got32x = 43
)

// formula32 are those of the i386 psABI.
func formula32(typ uint32) *formula {
	switch typ {
	case 0: // NONE
		return &formula{values: nothing}
	case 1: // 32
		return &formula{text: textAbsolute, size: 4, values: absolute}
	case 2: // PC32
		return &formula{text: textRelative, size: 4, values: relative}
	case got32, got32x:
		return &formula{text: textSlot, size: 4, slot: true, values: slotOffset}
	case 4: // PLT32
		return &formula{text: textPLT, size: 4, values: relative}
	case 9: // GOTOFF
		return &formula{text: textFromTable, size: 4, table: true, values: fromTable}
	case 10: // GOTPC
		return &formula{text: textTable, size: 4, table: true, values: tablePlace}
	case 20: // 16
		return &formula{text: textAbsolute, size: 2, check: either, values: absolute}
	case 21: // PC16
		return &formula{text: textRelative, size: 2, check: signed, values: relative}
	case 22: // 8
		return &formula{text: textAbsolute, size: 1, check: either, values: absolute}
	case 23: // PC8
		return &formula{text: textRelative, size: 1, check: signed, values: relative}
	case 38: // SIZE32
		return &formula{text: textSize, size: 4, values: extent}
	}
	return nil
}

// direct is the formula of an i386 GOT32 or GOT32X whose instruction has no base register, as code that is
// not position-independent has it: the slot's address itself.
func direct() *formula {
	return &formula{text: "G + GOT + A", size: 4, slot: true, values: slotAddress}
}

// fits reports whether a place of size bytes can hold v.
func (f *formula) fits(v uint64, class elf.Class) bool {
	bits := f.size * 8
	if f.check == wraps || bits == 64 {
		return true
	}
	if class == elf.Class32 { // addresses wrap at 2^32
		v = uint64(int64(int32(v)))
	}
	asSigned := int64(v)>>(bits-1) == 0 || int64(v)>>(bits-1) == -1
	asUnsigned := v>>bits == 0
	switch f.check {
	case unsigned:
		return asUnsigned
	case signed:
		return asSigned
	default:
	}
	return asSigned || asUnsigned
}
