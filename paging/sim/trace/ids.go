package trace

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// The formats of this file name pages, blocks or objects by numbers.

// parseTxt reads one number a line, libCacheSim's txt; a line that is no number stands for its hash.
func parseTxt(line []byte, out *[4]Access) (int, error) {
	word := bytes.TrimSpace(line)
	if len(word) == 0 || word[0] == '#' {
		return 0, nil
	}
	out[0] = Access{Addr: objectID(word), Size: 1}
	return 1, nil
}

// objectID is a decimal number as it stands, and the FNV-1a hash of anything else.
func objectID(word []byte) uint64 {
	if v, rest, ok := decimal(word); ok && len(rest) == 0 {
		return v
	}
	h := fnv.New64a()
	_, _ = h.Write(word) // never fails
	return h.Sum64()
}

// parseLIRS reads one block a line, * being a checkpoint.
func parseLIRS(line []byte, out *[4]Access) (int, error) {
	word := bytes.TrimSpace(line)
	if len(word) == 0 || word[0] == '*' {
		return 0, nil
	}
	v, rest, ok := decimal(word)
	if !ok || len(rest) != 0 {
		return 0, fmt.Errorf("%s: must be a block number or *", shown(line))
	}
	out[0] = Access{Addr: v, Size: 1}
	return 1, nil
}

// Columns say where things are in a csv file: numbers of columns from 1, 0: there is none.
type Columns struct {
	Time, ID, Size int
	Op             int // "r", "w", "read", "write", "get", "set": a column that libCacheSim does not have
	Delimiter      byte
	Header         bool // the first line is no entry
	Numeric        bool // anything but a number in ID's column is an error
}

// defaultColumns are those of libCacheSim's example: time, object, size.
func defaultColumns() Columns { return Columns{Time: 1, ID: 2, Size: 3, Delimiter: ','} }

// ParseColumns reads libCacheSim's options, "time-col=1,obj-id-col=2,obj-size-col=3,delimiter=;,
// has-header=true,obj-id-is-num=1"; op-col is memlab's own. Columns count from 1.
func ParseColumns(text string) (Columns, error) {
	c := defaultColumns()
	c.Time, c.ID, c.Size = 0, 0, 0
	text = strings.ReplaceAll(text, "delimiter=,", "delimiter=comma")
	for part := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return c, fmt.Errorf("%q: must be NAME=VALUE", part)
		}
		if err := c.set(key, value); err != nil {
			return c, err
		}
	}
	if c.ID == 0 {
		return c, errors.New("obj-id-col is missing")
	}
	return c, nil
}

func (c *Columns) set(key, value string) error {
	column := map[string]*int{
		"time-col": &c.Time, "obj-id-col": &c.ID, "obj-size-col": &c.Size, "op-col": &c.Op,
	}[key]
	flag := map[string]*bool{"has-header": &c.Header, "obj-id-is-num": &c.Numeric}[key]
	const most = 1000
	switch {
	case column != nil:
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("%s=%s: must be a column from 1 to %d", key, value, most)
		}
		*column = n
	case flag != nil:
		on, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%s=%s: must be true or false", key, value)
		}
		*flag = on
	case key == "delimiter":
		named := map[string]byte{"comma": ',', `\t`: '\t', "tab": '\t', "space": ' '}
		d, ok := named[value]
		if !ok && len(value) == 1 {
			d, ok = value[0], true
		}
		if !ok {
			return fmt.Errorf("delimiter=%s: must be one character", value)
		}
		c.Delimiter = d
	default:
		return fmt.Errorf("%q: must be one of time-col, obj-id-col, obj-size-col, op-col, delimiter, "+
			"has-header, obj-id-is-num", key)
	}
	return nil
}

// parser is the lineParser of a csv file with these columns.
func (c *Columns) parser() lineParser {
	first := true
	return func(line []byte, out *[4]Access) (int, error) {
		header := first && c.Header
		first = false
		if header || len(bytes.TrimSpace(line)) == 0 {
			return 0, nil
		}
		id, ok := c.field(line, c.ID)
		if !ok {
			return 0, fmt.Errorf("%s: it has no column %d", shown(line), c.ID)
		}
		if c.Numeric {
			if _, rest, ok := decimal(id); !ok || len(rest) != 0 {
				return 0, fmt.Errorf("%s: must be a number (obj-id-is-num)", shown(id))
			}
		}
		a := Access{Addr: objectID(id), Size: 1}
		if op, ok := c.field(line, c.Op); ok && c.Op > 0 {
			switch strings.ToLower(string(op)) {
			case "r", "read", "get", "l", "load":
			case "w", "write", "set", "s", "store":
				a.Kind = Write
			case "i", "x", "fetch":
				a.Kind = Fetch
			default:
				return 0, fmt.Errorf("%s: must be read or write", shown(op))
			}
		}
		out[0] = a
		return 1, nil
	}
}

// field is column n of line, from 1.
func (c *Columns) field(line []byte, n int) ([]byte, bool) {
	for ; n > 1; n-- {
		at := bytes.IndexByte(line, c.Delimiter)
		if at < 0 {
			return nil, false
		}
		line = line[at+1:]
	}
	if at := bytes.IndexByte(line, c.Delimiter); at >= 0 {
		line = line[:at]
	}
	line = bytes.TrimSpace(line)
	return line, len(line) > 0
}
