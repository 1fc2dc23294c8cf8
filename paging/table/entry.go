package table

import "memlab/paging/addr"

// Entry is one page-table entry, in x86-64's layout (Intel SDM Vol. 3, table 4-20). The address field begins
// at bit 9, so that frames of 512 bytes can be named too; for 4 KiB pages bits 9 to 11 are zero and the
// layout is the processor's.
type Entry uint64

// The bits.
const (
	Present   Entry = 1 << 0
	Writable  Entry = 1 << 1
	User      Entry = 1 << 2
	Accessed  Entry = 1 << 5
	Dirty     Entry = 1 << 6
	Mixed     Entry = 1 << 52 // software: the rights differ within the page; each access asks the areas
	NoExecute Entry = 1 << 63

	addressBits Entry = 1<<52 - 1<<9
	swapped     Entry = 1 << 2 // of an entry that is not present: bits 12 and up are a swap slot
)

// At makes a present entry for the frame or table at pa.
func At(pa addr.PAddr, bits Entry) Entry { return Entry(pa)&addressBits | bits | Present }

// InSwap makes the entry of a page that lies in a swap slot.
func InSwap(slot int) Entry { return Entry(slot)<<12 | swapped }

// PAddr is the physical address that a present entry names.
func (e Entry) PAddr() addr.PAddr { return addr.PAddr(e & addressBits) }

// Slot is the swap slot of an entry that is not present; false if it names none.
func (e Entry) Slot() (int, bool) {
	if e&Present != 0 || e&swapped == 0 {
		return 0, false
	}
	return int(e >> 12), true
}

// Prot is what a present entry lets a program do.
func (e Entry) Prot() addr.Prot {
	if e&User == 0 {
		return 0
	}
	p := addr.ProtRead
	if e&Writable != 0 {
		p |= addr.ProtWrite
	}
	if e&NoExecute == 0 {
		p |= addr.ProtExec
	}
	return p
}

// Rights are the entry bits for p. Pages without any right are present, but the supervisor's.
func Rights(p addr.Prot) Entry {
	var e Entry
	if p != 0 {
		e |= User
	}
	if p&addr.ProtWrite != 0 {
		e |= Writable
	}
	if p&addr.ProtExec == 0 {
		e |= NoExecute
	}
	return e
}
