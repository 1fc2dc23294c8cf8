package main

import (
	"fmt"
	"strconv"
	"strings"

	"memlab/paging/sim/ostep"
)

// sizeFlag is an option for bytes: a number, also with k, m or g.
type sizeFlag struct{ to *uint64 }

func (f sizeFlag) String() string {
	if f.to == nil {
		return "0"
	}
	return strconv.FormatUint(*f.to, 10)
}

// Type is the value's name in help texts.
func (f sizeFlag) Type() string { return bytesUnit }

// Set reads the option.
func (f sizeFlag) Set(text string) error {
	v, err := parseSize(text)
	*f.to = v
	return err
}

// parseSize reads 16384, 16k, 16K; k, m and g are powers of 1024.
func parseSize(text string) (uint64, error) {
	shift := 0
	digits := text
	if n := len(text); n > 0 {
		if i := strings.IndexByte("kmg", text[n-1]|0x20); i >= 0 {
			shift, digits = 10*(i+1), text[:n-1]
		}
	}
	v, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || v > 1<<52>>shift {
		return 0, fmt.Errorf("%q: must be a number of bytes up to 2^52, as 16384 or 16k", text)
	}
	return v << shift, nil
}

// drawn is what the simulators write for a value that the seed decides.
const drawn = "-1"

// givenFlag is a sizeFlag that may be left to the seed.
type givenFlag struct{ to **uint64 }

func (f givenFlag) String() string { return drawn }

// Type is the value's name in help texts.
func (f givenFlag) Type() string { return bytesUnit }

// Set reads the option.
func (f givenFlag) Set(text string) error {
	if text == drawn {
		*f.to = nil
		return nil
	}
	v, err := parseSize(text)
	*f.to = &v
	return err
}

// listFlag is an option for a list of numbers, with commas between them, that may be left to the seed.
type listFlag struct{ to *[]uint64 }

func (f listFlag) String() string { return drawn }

// Type is the value's name in help texts.
func (f listFlag) Type() string { return listUnit }

// Set reads the option.
func (f listFlag) Set(text string) error {
	if text == drawn {
		*f.to = nil
		return nil
	}
	list := []uint64{}
	for word := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseUint(strings.TrimSpace(word), 10, 64)
		if err != nil {
			return fmt.Errorf("%q: must be a number of at least 0", word)
		}
		list = append(list, v)
	}
	*f.to = list
	return nil
}

// opsFlag is an option for a list of operations on a heap: +10 allocates 10 bytes, -0 frees what the first
// allocation got.
type opsFlag struct{ to *[]ostep.HeapOp }

func (f opsFlag) String() string { return "" }

// Type is the value's name in help texts.
func (f opsFlag) Type() string { return listUnit }

// Set reads the option.
func (f opsFlag) Set(text string) error {
	ops := []ostep.HeapOp{}
	allocations := uint64(0)
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		digits, isAlloc := strings.CutPrefix(word, "+")
		if !isAlloc {
			digits = strings.TrimPrefix(word, "-")
		}
		v, err := strconv.ParseUint(digits, 10, 32)
		switch {
		case err != nil || digits == word || isAlloc && v == 0:
			return fmt.Errorf("%q: must be +SIZE or -K, as +10,-0", word)
		case isAlloc:
			ops = append(ops, ostep.HeapOp{Op: ostep.OpAlloc, ID: allocations, Size: v})
			allocations++
		default:
			ops = append(ops, ostep.HeapOp{Op: ostep.OpFree, ID: v})
		}
	}
	*f.to = ops
	return nil
}
