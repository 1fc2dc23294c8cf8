package object

import (
	"fmt"
	"strings"
)

// Terms is the relocation's formula with numbers for its letters, as "0x401000 + -4 - 0x401015".
func (l *Linked) Terms(r *Reloc) string {
	words := strings.Fields(r.Formula)
	for i, w := range words {
		switch w {
		case "S", "L", "Z":
			words[i] = fmt.Sprintf("%#x", r.Value)
		case "A":
			words[i] = signedHex(r.Addend)
		case "P":
			words[i] = fmt.Sprintf("%#x", r.Place)
		case "G":
			words[i] = fmt.Sprintf("%#x", r.Slot-l.GOT)
		case "GOT":
			words[i] = fmt.Sprintf("%#x", l.GOT)
		}
	}
	return strings.Join(words, " ")
}

func signedHex(v int64) string {
	if v < 0 {
		return fmt.Sprintf("-%#x", -uint64(v))
	}
	return fmt.Sprintf("%#x", v)
}
