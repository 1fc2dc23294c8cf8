package loader

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Misc is one entry of binfmt_misc: files with a magic number or a file name extension, and the interpreter
// that runs them.
type Misc struct {
	Label       string
	Offset      int    // of the magic, in the file's first 256 bytes
	Magic, Mask []byte // Mask nil: all bits count
	Extension   string // behind the path's last dot; not "": there is no Magic
	Interpreter string

	KeepArgv0   bool // flag P: the interpreter also gets the old argv[0]
	OpenFile    bool // flag O: it gets the file open
	Credentials bool // flag C: its credentials are those of the file; implies O
	Fix         bool // flag F: it was opened when the entry was made

	Opened File // with Fix: the interpreter
}

// Bounds of binfmt_misc's register file (fs/binfmt_misc.c).
const (
	minRegister = 11
	maxRegister = 1920
)

// ParseMisc reads an entry as /proc/sys/fs/binfmt_misc/register takes it (create_entry):
//
//	:name:type:offset:magic:mask:interpreter:flags
//
// The first character is the separator. type is M (magic, mask and offset) or E (magic is the extension).
// \xHH in magic and mask is a byte.
func ParseMisc(text string) (*Misc, error) {
	if len(text) < minRegister || len(text) > maxRegister {
		return nil, fmt.Errorf("has %d bytes, must have %d to %d", len(text), minRegister, maxRegister)
	}
	text = strings.TrimSuffix(text, "\n")
	parts := strings.Split(text[1:], text[:1])
	if len(parts) != 7 {
		return nil, fmt.Errorf("has %d fields, must be :name:type:offset:magic:mask:interpreter:flags",
			len(parts))
	}
	m := &Misc{Label: parts[0], Interpreter: parts[5]}
	switch {
	case m.Label == "" || m.Label == "." || m.Label == ".." || strings.Contains(m.Label, "/"):
		return nil, fmt.Errorf("the name %q is not one of a file", m.Label)
	case m.Interpreter == "":
		return nil, fmt.Errorf("%s: the interpreter is missing", m.Label)
	}
	for _, f := range parts[6] {
		switch f {
		case 'P':
			m.KeepArgv0 = true
		case 'O':
			m.OpenFile = true
		case 'C':
			m.OpenFile, m.Credentials = true, true
		case 'F':
			m.Fix = true
		default:
			return nil, fmt.Errorf("%s: the flag %q is not one of P, O, C, F", m.Label, f)
		}
	}
	var err error
	switch parts[1] {
	case "E":
		if m.Extension = parts[3]; m.Extension == "" || strings.Contains(m.Extension, "/") {
			err = fmt.Errorf("the extension %q is not one", m.Extension)
		}
	case "M":
		err = m.magic(parts[2], parts[3], parts[4])
	default:
		err = fmt.Errorf("the type %q is neither M nor E", parts[1])
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Label, err)
	}
	return m, nil
}

// magic reads offset, magic and mask.
func (m *Misc) magic(offset, magic, mask string) error {
	if offset != "" {
		n, err := strconv.ParseUint(offset, 10, 31)
		if err != nil {
			return fmt.Errorf("the offset %q is not a number", offset)
		}
		m.Offset = int(n)
	}
	m.Magic = unescape(magic)
	switch {
	case len(m.Magic) == 0:
		return errors.New("the magic is missing")
	case m.Offset > headSize || len(m.Magic) > headSize-m.Offset:
		return fmt.Errorf("%d bytes of magic at %d do not lie in a file's first %d", len(m.Magic), m.Offset,
			headSize)
	}
	if mask != "" {
		if m.Mask = unescape(mask); len(m.Mask) != len(m.Magic) {
			return fmt.Errorf("the mask has %d bytes, the magic %d", len(m.Mask), len(m.Magic))
		}
	}
	return nil
}

// unescape turns \xHH into bytes.
func unescape(s string) []byte {
	var out []byte
	for s != "" {
		if strings.HasPrefix(s, `\x`) && len(s) >= 4 {
			if n, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
				out, s = append(out, byte(n)), s[4:]
				continue
			}
		}
		out, s = append(out, s[0]), s[1:]
	}
	return out
}

// Name is the entry's name.
func (m *Misc) Name() string { return m.Label }

// Try is load_misc_binary.
func (m *Misc) Try(c *Candidate) (*Handover, error) {
	if !m.matches(c) {
		return nil, nil //nolint:nilnil // documented: not the format's own
	}
	return &Handover{
		Interp: m.Interpreter, Opened: m.Opened, KeepArgv0: m.KeepArgv0, OpenFile: m.OpenFile,
	}, nil
}

// matches is check_file.
func (m *Misc) matches(c *Candidate) bool {
	if m.Extension != "" {
		i := strings.LastIndexByte(c.Path, '.')
		return i >= 0 && c.Path[i+1:] == m.Extension
	}
	at := c.Head[m.Offset : m.Offset+len(m.Magic)]
	if m.Mask == nil {
		return bytes.Equal(at, m.Magic)
	}
	for i, b := range at {
		if (b^m.Magic[i])&m.Mask[i] != 0 {
			return false
		}
	}
	return true
}
