package cpu

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"testing"

	"memlab/paging/event"
)

// The answers of a processor (an AMD EPYC) to a fixed set of generated instructions, for hosts that have none to ask. Record
// them anew with
//
//	go test ./vm/cpu -run TestInsnCorpus -update

const (
	corpusInsns    = 12000 // of each mode
	corpusInsnSeed = 7
)

func insnCorpusPath(mode32 bool) string {
	if mode32 {
		return "testdata/insn32.gz"
	}
	return "testdata/insn64.gz"
}

// TestInsnCorpus compares with the record: in the fast loop, and observed.
func TestInsnCorpus(t *testing.T) {
	for _, mode32 := range []bool{false, true} {
		t.Run(fmt.Sprintf("mode32=%v", mode32), func(t *testing.T) {
			g := newInsnGen(corpusInsnSeed, mode32)
			cases := make([]insnCase, corpusInsns)
			for i := range cases {
				cases[i] = g.next()
			}
			if *update {
				recordInsns(t, mode32, cases, insnOracle(t, t.TempDir(), mode32, cases))
			}
			answers := recordedInsns(t, mode32, cases)
			b := newInsnBench(t, mode32)
			bad := compareInsns(t, mode32, cases, answers, b.run)
			b.Bus.Subscribe(event.PerInstruction|event.PerAccess, func(*event.Event) event.Verdict { return event.Continue })
			bad += compareInsns(t, mode32, cases, answers, b.run)
			t.Logf("%d cases, %d differences", len(cases), bad)
		})
	}
}

// The record of a case is a bit mask of the words that changed and their new values, as differences to what they were, then
// the same for each eighth of memory.
func recordInsns(t *testing.T, mode32 bool, cases, answers []insnCase) {
	t.Helper()
	var raw []byte
	for i := range cases {
		n := answers[i]
		if n.Trap != uint64(PageFault) {
			n.CR2 = 0 // that of the last fault
		}
		before, after := cases[i].words(), n.words()
		mask := uint64(0)
		var changed []byte
		for k := range before {
			if *before[k] != *after[k] {
				mask |= 1 << k
				changed = binary.AppendVarint(changed, int64(*after[k]-*before[k]))
			}
		}
		raw = append(binary.AppendUvarint(raw, mask), changed...)
		mask, changed = 0, nil
		for k := range 32 {
			x := n.Mem[k/8][k%8*8:][:8]
			if y := cases[i].Mem[k/8][k%8*8:][:8]; !bytes.Equal(x, y) {
				mask |= 1 << k
				changed = append(changed, x...)
			}
		}
		raw = append(binary.AppendUvarint(raw, mask), changed...)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(insnCorpusPath(mode32), packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func recordedInsns(t *testing.T, mode32 bool, cases []insnCase) []insnCase {
	t.Helper()
	data, err := os.ReadFile(insnCorpusPath(mode32))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(raw)
	answers := make([]insnCase, len(cases))
	for i := range answers {
		answers[i] = cases[i]
		if err := answers[i].read(r); err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
	}
	if r.Len() != 0 {
		t.Fatalf("%d bytes left over: the record is of other cases", r.Len())
	}
	return answers
}

// read applies the record of a case to the state before it.
func (c *insnCase) read(r *bytes.Reader) error {
	mask, err := binary.ReadUvarint(r)
	if err != nil {
		return err
	}
	for k, p := range c.words() {
		if mask>>k&1 == 0 {
			continue
		}
		d, err := binary.ReadVarint(r)
		if err != nil {
			return err
		}
		*p += uint64(d)
	}
	if mask, err = binary.ReadUvarint(r); err != nil {
		return err
	}
	for k := range 32 {
		if mask>>k&1 == 0 {
			continue
		}
		if _, err := io.ReadFull(r, c.Mem[k/8][k%8*8:][:8]); err != nil {
			return err
		}
	}
	return nil
}
