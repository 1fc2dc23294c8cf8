package swap

import "fmt"

// Store is a backing store: slots of one page each, numbered from 0. A slot that was never written reads as
// zeros.
type Store interface {
	ReadPage(slot int, b []byte) error
	WritePage(slot int, b []byte) error
}

// Memory is a Store in the simulator's own memory. It takes room for a slot when that is first written.
type Memory struct {
	pageSize int
	pages    [][]byte // by slot; nil: never written
}

// NewMemory makes an empty store of pages of pageSize bytes.
func NewMemory(pageSize int) *Memory { return &Memory{pageSize: pageSize} }

// ReadPage copies slot to b, which is one page long.
func (m *Memory) ReadPage(slot int, b []byte) error {
	if err := m.check(slot, b); err != nil {
		return err
	}
	if slot >= len(m.pages) || m.pages[slot] == nil {
		clear(b)
		return nil
	}
	copy(b, m.pages[slot])
	return nil
}

// WritePage copies b, which is one page long, to slot.
func (m *Memory) WritePage(slot int, b []byte) error {
	if err := m.check(slot, b); err != nil {
		return err
	}
	for slot >= len(m.pages) {
		m.pages = append(m.pages, nil)
	}
	if m.pages[slot] == nil {
		m.pages[slot] = make([]byte, m.pageSize)
	}
	copy(m.pages[slot], b)
	return nil
}

// Held is how many bytes of pages the store holds.
func (m *Memory) Held() int {
	n := 0
	for _, p := range m.pages {
		n += len(p)
	}
	return n
}

func (m *Memory) check(slot int, b []byte) error {
	if slot < 0 || len(b) != m.pageSize {
		return fmt.Errorf("swap slot %d, %d bytes: slots count from 0 and hold %d", slot, len(b), m.pageSize)
	}
	return nil
}

// Failing is a Store that fails on command, for tests and for lessons about broken disks.
type Failing struct {
	Store

	Reads, Writes int   // how many more succeed; negative: all
	Err           error // what the others return
}

// ReadPage reads from the store below while Reads lasts.
func (f *Failing) ReadPage(slot int, b []byte) error {
	if f.Reads == 0 {
		return f.Err
	}
	f.Reads--
	return f.Store.ReadPage(slot, b)
}

// WritePage writes to the store below while Writes lasts.
func (f *Failing) WritePage(slot int, b []byte) error {
	if f.Writes == 0 {
		return f.Err
	}
	f.Writes--
	return f.Store.WritePage(slot, b)
}
