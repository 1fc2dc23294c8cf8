package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"memlab/loader/elf"
	"memlab/vm/x86"
)

// textListing prints for people: labels, addresses, bytes, texts.
type textListing struct {
	out     *bufio.Writer
	started bool
	digits  int // of the address in a label
	scratch []byte
}

func machineName(f *elf.File) string {
	if f.Class == elf.Class32 {
		return "i386"
	}
	return "x86-64"
}

func (t *textListing) begin(file string, f *elf.File) {
	t.digits = 16
	if f.Class == elf.Class32 {
		t.digits = 8
	}
	fmt.Fprintf(t.out, "%s: %s\n", plain(file), machineName(f))
}

func (t *textListing) part(name string) {
	fmt.Fprintf(t.out, "\n%s:\n", plain(name))
	t.started = false
}

// plain is a name out of the file, fit for a terminal.
func plain(name string) string {
	q := strconv.QuoteToGraphic(name)
	return q[1 : len(q)-1]
}

// bytesShown is the width of the column of bytes: most instructions have up to eight.
const bytesShown = 8 * 3

func (t *textListing) line(l *line) error {
	if l.symbol != "" && (l.offset == 0 || !t.started) {
		label := plain(l.symbol)
		if l.offset > 0 {
			label += fmt.Sprintf("+%#x", l.offset)
		}
		fmt.Fprintf(t.out, "\n%0*x <%s>:\n", t.digits, l.addr, label)
	}
	t.started = true
	b := t.scratch[:0]
	for _, c := range l.bytes {
		b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15], ' ')
	}
	for len(b) < bytesShown {
		b = append(b, ' ')
	}
	t.scratch = b
	if _, err := fmt.Fprintf(t.out, "%8x:  %s %s\n", l.addr, b, plain(l.text)); err != nil {
		return errOutput
	}
	return nil
}

func (t *textListing) end() {}

// disasmSchema names the JSON form.
const disasmSchema = "memlab.disasm/v1"

// jsonListing prints one object, an instruction a line.
type jsonListing struct {
	out     *bufio.Writer
	section string
	lines   int
}

// jsonInstruction is one element of "instructions". Addresses are texts: many readers of JSON keep 53 bits.
type jsonInstruction struct {
	Address      string `json:"address"`
	Section      string `json:"section"`
	Symbol       string `json:"symbol,omitempty"`
	Offset       uint64 `json:"offset,omitempty"` // from the symbol
	Bytes        string `json:"bytes"`
	Text         string `json:"text"`
	Target       string `json:"target,omitempty"` // of a branch, or of an operand relative to RIP
	TargetSymbol string `json:"target_symbol,omitempty"`
	Bad          bool   `json:"bad,omitempty"`
}

func (j *jsonListing) begin(file string, f *elf.File) {
	fmt.Fprintf(j.out, "{\n\"schema\": %q,\n\"file\": %s,\n\"machine\": %q,\n", disasmSchema, jsonText(file),
		machineName(f))
	fmt.Fprint(j.out, "\"instructions\": [")
}

func jsonText(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte("null") // texts and numbers always have a form
	}
	return b
}

func (j *jsonListing) part(name string) { j.section = name }

func (j *jsonListing) line(l *line) error {
	e := jsonInstruction{
		Address: fmt.Sprintf("%#x", l.addr), Section: j.section, Symbol: l.symbol, Offset: l.offset,
		Bytes: hex.EncodeToString(l.bytes), Text: l.in.Text, TargetSymbol: l.target,
		Bad: l.in.Text == x86.Bad,
	}
	if l.in.Branch || l.in.Refers {
		e.Target = fmt.Sprintf("%#x", l.in.Target)
	}
	sep := ",\n"
	if j.lines == 0 {
		sep = "\n"
	}
	j.lines++
	if _, err := fmt.Fprintf(j.out, "%s%s", sep, jsonText(e)); err != nil {
		return errOutput
	}
	return nil
}

func (j *jsonListing) end() { fmt.Fprint(j.out, "\n]\n}\n") }
