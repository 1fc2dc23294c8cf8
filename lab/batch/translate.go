package batch

import (
	"fmt"

	"memlab/paging/sim/ostep"
)

// translations is the answer of the kinds that translate addresses.
type translations[T any] struct {
	Translations []T `json:"translations"`
}

// question is an exercise about translation.
type question[T any] interface {
	Check() error
	Answer() []T
}

// translate answers such an exercise, unless something was wrong with its fields.
func translate[T any](o *object, q question[T]) (any, error) {
	if o.err != nil {
		return nil, o.err
	}
	if err := q.Check(); err != nil {
		return nil, err
	}
	return translations[T]{q.Answer()}, nil
}

func relocation(o *object) (any, error) {
	o.only("id", "kind", "address_space", "phys_mem", "base", "limit", "vaddrs")
	return translate(o, &ostep.Relocation{
		AddressSpace: o.uint("address_space", 1), PhysMem: o.uint("phys_mem", 1),
		Base: o.uint("base", 0), Limit: o.uint("limit", 0), VAddrs: o.uints("vaddrs"),
	})
}

func segmentation(o *object) (any, error) {
	o.only("id", "kind", "address_space", "phys_mem", "seg0", "seg1", "vaddrs")
	return translate(o, &ostep.Segmentation{
		AddressSpace: o.uint("address_space", 1), PhysMem: o.uint("phys_mem", 1),
		Seg0: half(o, "seg0"), Seg1: half(o, "seg1"), VAddrs: o.uints("vaddrs"),
	})
}

// half is one segment.
func half(o *object, name string) ostep.Half {
	s := o.object(name)
	s.only("base", "limit", "grows")
	h := ostep.Half{Base: s.uint("base", 0), Limit: s.uint("limit", 0), Grows: s.text("grows")}
	o.take(s)
	return h
}

func linear(o *object) (any, error) {
	o.only("id", "kind", "address_space", "phys_mem", "page_size", "page_table", "vaddrs")
	q := &ostep.Linear{
		AddressSpace: o.uint("address_space", 1), PhysMem: o.uint("phys_mem", 1),
		PageSize: o.uint("page_size", 1), VAddrs: o.uints("vaddrs"),
	}
	for i, text := range o.array("page_table", "frames and nulls") {
		if string(text) == null {
			q.PageTable = append(q.PageTable, nil)
			continue
		}
		frame := o.element("page_table", i, text)
		q.PageTable = append(q.PageTable, &frame)
	}
	return translate(o, q)
}

func multilevel(o *object) (any, error) {
	o.only("id", "kind", "page_size", "va_bits", "pdbr", "memory_hex", "vaddrs")
	q := &ostep.Multilevel{PDBR: o.uint("pdbr", 0), VAddrs: o.uints("vaddrs")}
	if size := o.uint("page_size", 0); size != ostep.PageSize {
		o.fail("field %q is %d: must be %d", "page_size", size, ostep.PageSize)
	}
	if bits := o.uint("va_bits", 0); bits != ostep.AddressBits {
		o.fail("field %q is %d: must be %d", "va_bits", bits, ostep.AddressBits)
	}
	var lines []string
	for i, text := range o.array("memory_hex", "strings") {
		if text[0] != '"' {
			return nil, fmt.Errorf("field %q, element %d, is %s: must be a string",
				"memory_hex", i, typeName(text))
		}
		lines = append(lines, string(text[1:len(text)-1])) // hex digits need no escapes
	}
	if o.err != nil {
		return nil, o.err
	}
	if err := q.SetMemory(lines); err != nil {
		return nil, err
	}
	return translate(o, q)
}
