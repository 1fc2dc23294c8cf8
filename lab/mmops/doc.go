// Package mmops replays memory calls on a program's address space: mmap, munmap, mprotect, mremap, brk and
// touches of single bytes, with the kernel's answer and the areas after each step. Nothing runs on a CPU.
//
// A Document says which program is loaded (by package loader, as execve does), with what file the calls map,
// and the steps. Decode reads it, Run makes the same document with memlab's own answers:
//
//	document → loader.Exec into a plain.Space → step by step: call, areas before and after → document
//
// Pages are plain ones (paging/plain): a touch asks for the verdict of the fault handler and for the byte,
// not for frames.
package mmops

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"memlab/loader"
	"memlab/paging/addr"
)

// The most that a document may ask for.
const (
	maxSteps = 10000
	maxFile  = 1 << 26 // bytes of the test file
)

// Document is one scenario.
type Document struct {
	Schema      string   `json:"schema,omitempty"`
	Name        string   `json:"name,omitempty"`
	Desc        string   `json:"desc,omitempty"`
	Profile     string   `json:"profile,omitempty"`
	Prog        string   `json:"prog"`
	Argv        []string `json:"argv"`
	Env         []string `json:"env"`
	UID         uint32   `json:"uid"`
	Bits        int      `json:"bits"`
	Personality Word     `json:"personality"` // bits beyond ADDR_NO_RANDOMIZE
	StackLimit  Word     `json:"stack_limit"` // bytes, or "unlimited"
	File        FileSpec `json:"file"`
	Initial     []string `json:"initial"` // the areas at the start
	Steps       []Step   `json:"steps"`
	Final       []string `json:"final"`
}

// Word is a number in text, in any base that Go writes; a plain number is read too.
type Word string

// UnmarshalJSON takes a string or a number.
func (w *Word) UnmarshalJSON(b []byte) error {
	*w = Word(strings.Trim(string(b), `"`))
	return nil
}

// FileSpec describes the test file: Pages pages, page i filled with 0x41 + i mod 26, and Extra bytes "e".
type FileSpec struct {
	Pages int64 `json:"pages"`
	Extra int64 `json:"extra"`
}

// Step is one operation and its answer: Ret, or Fault of a touch that failed. Del and Add are the areas that
// are gone and new since the step before.
type Step struct {
	Op    []any    `json:"op"`
	Ret   string   `json:"ret,omitempty"`
	Fault *Fault   `json:"fault,omitempty"`
	Del   []string `json:"del,omitempty"`
	Add   []string `json:"add,omitempty"`
}

// Fault is the signal that a touch brings.
type Fault struct {
	Signal string `json:"signal"`
	Code   int    `json:"si_code"`
	Addr   string `json:"si_addr"`
}

// Decode reads a document and checks its form.
func Decode(text []byte) (*Document, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var doc Document
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("not a document: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("not a document: something stands behind its end at byte %d", d.InputOffset())
	}
	switch {
	case doc.Prog == "":
		return nil, errors.New("prog is missing")
	case len(doc.Steps) > maxSteps:
		return nil, fmt.Errorf("%d steps, at most %d are made", len(doc.Steps), maxSteps)
	case doc.File.Pages < 0 || doc.File.Extra < 0 || doc.File.Pages > maxFile || doc.File.size() > maxFile:
		return nil, fmt.Errorf("file: %d pages and %d bytes, must be 0 to %d bytes together", doc.File.Pages,
			doc.File.Extra, maxFile)
	}
	if _, err := doc.stackLimit(); err != nil {
		return nil, err
	}
	if _, err := doc.personality(); err != nil {
		return nil, err
	}
	return &doc, nil
}

func (f FileSpec) size() int64 { return f.Pages*addr.ABIPage + f.Extra }

// stackLimit is RLIMIT_STACK; without one the 8 MiB that Linux begins with.
func (d *Document) stackLimit() (uint64, error) {
	switch d.StackLimit {
	case "":
		return 8 << 20, nil
	case "unlimited":
		return loader.Unlimited, nil
	}
	n, err := strconv.ParseUint(string(d.StackLimit), 0, 64)
	if err != nil {
		return 0, fmt.Errorf("stack_limit: %q is neither a number nor unlimited", d.StackLimit)
	}
	return n, nil
}

func (d *Document) personality() (uint32, error) {
	if d.Personality == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(string(d.Personality), 0, 32)
	if err != nil {
		return 0, fmt.Errorf("personality: %q is not a number of 32 bits", d.Personality)
	}
	return uint32(n), nil
}
