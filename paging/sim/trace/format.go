package trace

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// Names of formats that come up more than once.
const (
	FormatOwn    = "memlab"
	formatLackey = "lackey"
	formatCSV    = "csv"
	formatOracle = "oracleGeneral"
)

// format is what is known of one format.
type format struct {
	name  string
	about string
	ids   bool     // of numbers, not of byte addresses
	ends  []string // of files' names, without .gz
	// parse or open reads it; look says whether the start of a file may be one: 2 certainly, 1 perhaps.
	parse lineParser
	open  func(r *bufio.Reader, o Options) (Reader, error)
	look  func(head []byte) int
	put   func(b []byte, a *Access) []byte // nil: it cannot be written in this way
}

// formats are all of them, those first that are asked first when a file is looked at.
func formats() []format {
	return []format{
		{
			name: FormatOwn, about: "memlab's own: pages or bytes, address spaces", ends: []string{".mlt"},
			open: func(r *bufio.Reader, _ Options) (Reader, error) { return newOwn(r) }, look: lookOwn,
		},
		{
			name: formatLackey, about: "valgrind --tool=lackey --trace-mem=yes", ends: []string{".lackey"},
			parse: parseLackey, put: putLackey, look: lookLines(parseLackey),
		},
		{
			name: "cachelab", about: "CS:APP's cache lab: lackey without instructions",
			parse: parseLackey, look: nil,
		},
		{
			name: "pinatrace", about: "Pin's example tool: 0xIP: R 0xADDR",
			parse: parsePinatrace, look: lookLines(parsePinatrace),
		},
		{
			name: "address", about: "UCSD's: s 0xADDR N", parse: parseAddress, look: lookLines(parseAddress),
		},
		{
			name: "memsim", about: "of courses: ADDR R or W", parse: parseMemsim, put: putMemsim,
			look: lookLines(parseMemsim),
		},
		{
			name: "din", about: "Dinero's: LABEL ADDR", ends: []string{".din"}, parse: parseDin, put: putDin,
			look: lookLines(parseDin),
		},
		{
			name: "moss", about: "MOSS's commands READ and WRITE", parse: parseMOSS,
			look: lookLines(parseMOSS),
		},
		{
			name: "drmemtrace-view", about: "text of DynamoRIO's view tool", parse: parseView, look: lookView,
		},
		{
			name: "drmemtrace", about: "DynamoRIO's binary records",
			open: func(r *bufio.Reader, _ Options) (Reader, error) { return newDrmem(r), nil },
			look: lookDrmem,
		},
		{
			name: formatOracle, about: "libCacheSim's records of 24 bytes", ids: true,
			ends: []string{".oracleGeneral", ".oracleGeneral.bin"},
			open: openRecords(oracleSize, parseOracle),
		},
		{
			name: "u64", about: "page numbers, little-endian, 8 bytes each", ids: true,
			ends: []string{".u64"}, open: openRecords(8, parseU64), put: putU64,
		},
		{
			name: formatCSV, about: "libCacheSim's columns: see --columns", ids: true, ends: []string{".csv"},
			open: openCSV, put: putCSV,
		},
		{
			name: "arc", about: "the ARC paper's: START COUNT - -", ids: true, ends: []string{".lis"},
			open: func(r *bufio.Reader, _ Options) (Reader, error) { return newARC(r), nil },
		},
		{
			name: "lirs", about: "the LIRS paper's: a block a line, * a checkpoint", ids: true,
			ends: []string{".trc"}, parse: parseLIRS,
		},
		{
			name: "txt", about: "a number, or a name, a line", ids: true, ends: []string{".txt"},
			parse: parseTxt, put: putTxt, look: lookLines(parseLIRS),
		},
	}
}

// Names are the formats that can be read.
func Names() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// WriterNames are the formats that can be written.
func WriterNames() []string {
	var names []string
	for _, f := range formats() {
		if f.put != nil || f.name == FormatOwn || f.name == formatOracle {
			names = append(names, f.name)
		}
	}
	return names
}

// HoldsPages reports whether a format knows numbers only, not byte addresses.
func HoldsPages(name string) bool {
	f, err := find(name)
	return err == nil && f.ids
}

func find(name string) (format, error) {
	for _, f := range formats() {
		if strings.EqualFold(f.name, name) {
			return f, nil
		}
	}
	return format{}, fmt.Errorf("trace format %q: must be one of %s", name, strings.Join(Names(), ", "))
}

// Options say how a trace is to be read.
type Options struct {
	Format  string   // "": by the file's name and content
	Name    string   // of the file, for that
	Columns *Columns // of csv; nil: libCacheSim's
}

// headSize is how much of a file is looked at to find out its format.
const headSize = 4096

// Open reads a trace from r, which may be compressed with gzip.
func Open(r io.Reader, o Options) (Reader, Info, error) {
	from := bufio.NewReaderSize(r, maxLine)
	info := Info{}
	if head, _ := from.Peek(4); bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(from)
		if err != nil {
			return nil, info, fmt.Errorf("gzip: %w", err)
		}
		from = bufio.NewReaderSize(z, maxLine)
		info.Gzip = true
	} else if err := packed(head); err != nil {
		return nil, info, err
	}
	f, err := choose(from, o)
	if err != nil {
		return nil, info, err
	}
	info.Format, info.PageSize = f.name, 1
	if f.ids {
		info.PageSize = 0
	}
	if f.parse != nil {
		return newLineReader(from, f.parse), info, nil
	}
	reader, err := f.open(from, o)
	if own, ok := reader.(*ownReader); ok && err == nil {
		info.PageSize = own.pageSize
	}
	return reader, info, err
}

// packed refuses files that are compressed in other ways.
func packed(head []byte) error {
	for magic, name := range map[string]string{
		"\x28\xb5\x2f\xfd": "zstd", "PK\x03\x04": "zip", "\x04\x22\x4d\x18": "lz4",
	} {
		if string(head) == magic {
			return fmt.Errorf("the trace is compressed with %s: only gzip is read, so unpack it first", name)
		}
	}
	return nil
}

// choose is the format that o names, or that name and content speak for.
func choose(from *bufio.Reader, o Options) (format, error) {
	if o.Format != "" {
		return find(o.Format)
	}
	name := strings.TrimSuffix(path.Base(o.Name), ".gz")
	head, err := from.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return format{}, err
	}
	best, score := format{}, 0
	for _, f := range formats() {
		if slices.ContainsFunc(f.ends, func(end string) bool { return strings.HasSuffix(name, end) }) {
			return f, nil
		}
		if f.look != nil {
			if n := f.look(head); n > score {
				best, score = f, n
			}
		}
	}
	if score == 0 {
		return format{}, fmt.Errorf("its format cannot be told from name and content: name it with "+
			"--trace-format, one of %s", strings.Join(Names(), ", "))
	}
	return best, nil
}

func lookOwn(head []byte) int {
	if bytes.HasPrefix(head, []byte(ownMagic)) {
		return 2
	}
	return 0
}

// lookView sees the view tool's text by its words.
func lookView(head []byte) int {
	if bytes.Contains(head, []byte(" byte(s) @ 0x")) {
		return 2
	}
	return 0
}

// lookDrmem sees the header, type 25 and a version.
func lookDrmem(head []byte) int {
	if len(head) >= drRecord && head[0] == drHeader && head[1] == 0 && head[5] == 0 && head[11] == 0 {
		return 2
	}
	return 0
}

// lookLines sees a text format by whether the first lines are of it.
func lookLines(parse lineParser) func(head []byte) int {
	return func(head []byte) int {
		var out [4]Access
		lines, some := bytes.Split(head, []byte("\n")), 0
		if len(lines) > 1 && len(head) == headSize {
			lines = lines[:len(lines)-1] // may be cut off
		}
		for _, line := range lines {
			n, err := parse(bytes.TrimSuffix(line, []byte("\r")), &out)
			if errors.Is(err, errEnd) {
				break
			}
			if err != nil {
				return 0
			}
			some += n
		}
		return min(some, 1)
	}
}

func openRecords(size int, parse recordParser) func(*bufio.Reader, Options) (Reader, error) {
	return func(r *bufio.Reader, _ Options) (Reader, error) {
		return &recordReader{from: r, size: size, parse: parse}, nil
	}
}

func openCSV(r *bufio.Reader, o Options) (Reader, error) {
	c := defaultColumns()
	if o.Columns != nil {
		c = *o.Columns
	}
	return newLineReader(r, c.parser()), nil
}
