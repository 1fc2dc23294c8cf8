package linux

import (
	"encoding/binary"
	"testing"
)

// A process that ends marks the locks on its robust list, in memory of 64-bit longs and of 32-bit ones.
func TestRobustList(t *testing.T) {
	for _, word := range []int{8, 4} {
		r := newRig(t, rigOptions{})
		const head, entry, offset = bufAt, bufAt + 0x100, 0x20
		longs := func(at uint64, v ...uint64) {
			var b []byte
			for _, w := range v {
				if word == 4 {
					b = binary.LittleEndian.AppendUint32(b, uint32(w))
				} else {
					b = binary.LittleEndian.AppendUint64(b, w)
				}
			}
			copy(r.mem.bytes[bufAt][at-bufAt:], b)
		}
		longs(head, entry, offset, 0)
		longs(entry, head)
		r.words(entry+offset, uint64(r.task.TID))
		r.task.robust, r.task.robustWord = head, word
		if _, err := r.try("exit_group", 3); err != nil {
			t.Fatal(err)
		}
		if got := r.mem.word(entry + offset); got != futexOwnerDied {
			t.Errorf("longs of %d bytes: the lock is %#x, want %#x", word, got, futexOwnerDied)
		}
	}
}
