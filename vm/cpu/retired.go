package cpu

import (
	"bytes"

	"memlab/paging/addr"
)

// retired remembers blocks whose frame was given to something else. A page of code that was evicted and is
// brought back, in whatever frame, finds its blocks again and need not be decoded anew, nor anything be
// allocated for it: a block holds no absolute address, and its bytes are compared, so that it does not matter
// why they are the same. A place in the table is for the next block that hashes to it.
type retired struct {
	blocks []*Block // length: a power of two; nil until the first block comes
}

// retirements is the number of places: enough for the code that a program works in.
const retirements = 4096

// place is where a block belongs that begins with code, at offset in its page. Only the first byte of the
// code counts: more than one there need not be.
func (r *retired) place(code []byte, offset uint64) **Block {
	h := (offset<<8 | uint64(code[0])) * 0x9E3779B97F4A7C15
	return &r.blocks[h>>40&(retirements-1)]
}

// add takes in b, which has been dropped.
func (r *retired) add(b *Block, offset uint64) {
	if b.code == nil {
		return
	}
	if r.blocks == nil {
		r.blocks = make([]*Block, retirements)
	}
	*r.place(b.code, offset) = b
}

// take gives out a block for code, the rest of a page from offset on, as good as new; nil if there is none.
func (r *retired) take(code []byte, offset uint64, mode32 bool) *Block {
	if r.blocks == nil {
		return nil
	}
	p := r.place(code, offset)
	b := *p
	if b == nil || b.mode32 != mode32 || b.offset != offset {
		return nil
	}
	if b.split {
		if !bytes.HasPrefix(b.code, code) {
			return nil
		}
		b.second = addr.NoFrame // what follows there is for complete to compare
	} else if !bytes.HasPrefix(code, b.code) {
		return nil
	}
	*p = nil
	b.Dropped, b.next, b.chain = false, [2]link{}, nil
	return b
}
