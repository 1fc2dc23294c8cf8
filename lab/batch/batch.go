// Package batch answers questions about memory that come as lines of JSON: the door for graders and for
// programs in other languages. Every kind of question is answered by the package that owns it; here it is
// taken apart and checked, and the answer is put together.
//
//	line → Answer: JSON → object (checked, field by field) → kind → paging/sim, paging/alloc … → JSON → line
//
// A line has "id", "kind" and the fields of its kind, the answer likewise, or "id" and "error". One answer
// for each line that is not empty, in order; a bad line gets an error and ends nothing. Lines do not
// influence each other.
package batch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxLine bounds a request in bytes.
const maxLine = 256 << 20

// Run answers all lines of in, and returns when it has ended. What has been answered is written before Run
// waits for more input. The error is of reading or writing.
func Run(in io.Reader, out io.Writer) error {
	w := bufio.NewWriterSize(out, 64<<10)
	r := bufio.NewReaderSize(&flusher{in, w}, 64<<10)
	for {
		line, err := readLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if answer := Answer(line); answer != nil {
			if _, err := w.Write(append(answer, '\n')); err != nil {
				return err
			}
		}
		if err != nil {
			return w.Flush()
		}
	}
}

// flusher writes out what is waiting before each read, which may block.
type flusher struct {
	in  io.Reader
	out *bufio.Writer
}

// Read implements io.Reader.
func (f *flusher) Read(p []byte) (int, error) {
	if err := f.out.Flush(); err != nil {
		return 0, err
	}
	return f.in.Read(p)
}

// readLine reads a line, without its end. Of one that is too long it keeps one byte more than is allowed.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine+1-len(line))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSuffix(line, []byte("\n")), err
		}
	}
}

// kinds are the questions that are known, in the order of the documentation.
func kinds() []kind {
	return []kind{
		{"policy", replacement},
		{"curve", curve},
		{"fragmentation", fragmentation},
		{"freespace", freespace},
		{"relocation", relocation},
		{"segmentation", segmentation},
		{"linear", linear},
		{"multilevel", multilevel},
	}
}

// kind is one sort of question. answer reads the fields of the request and returns those of the answer, a
// struct or a map; "id" and "kind" are seen to.
type kind struct {
	name   string
	answer func(*object) (any, error)
}

// Kinds are the names of the kinds of questions.
func Kinds() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Answer answers one line, without its end. An empty line has no answer, nil.
func Answer(line []byte) []byte {
	line = bytes.Trim(line, " \t\r\n")
	if len(line) == 0 {
		return nil
	}
	id := []byte(null)
	body, err := answerLine(line, &id)
	if err != nil {
		body = encode(struct {
			Error string `json:"error"`
		}{strings.ToValidUTF8(err.Error(), "?")})
	}
	var b bytes.Buffer
	b.Grow(len(body) + len(id) + 16)
	b.WriteString(`{"id":`)
	b.Write(id)
	b.WriteByte(',')
	b.Write(body[1:]) // both are objects: this one goes on
	return b.Bytes()
}

// answerLine is an answer without its id, which is left in id as soon as it is known.
func answerLine(line []byte, id *[]byte) (body []byte, err error) {
	defer func() { // one bad request must not cost the answers to all others
		if v := recover(); v != nil {
			err = fmt.Errorf("internal error: %v; please report it with the request", v)
		}
	}()
	if err := checkJSON(line); err != nil {
		return nil, err
	}
	o := newObject(line, "")
	if text := o.get("id", "", "a string or a number"); text != nil {
		if strings.ContainsRune(`"-0123456789`, rune(text[0])) {
			*id = text
		} else {
			o.fail("field %q is %s: must be a string or a number", "id", typeName(text))
		}
	}
	name := o.text("kind")
	if o.err != nil {
		return nil, o.err
	}
	for _, k := range kinds() {
		if k.name != name {
			continue
		}
		answer, err := k.answer(o)
		if o.err != nil {
			err = o.err
		}
		if err != nil {
			return nil, err
		}
		head := encode(map[string]string{"kind": name})
		return append(append(head[:len(head)-1], ','), encode(answer)[1:]...), nil
	}
	return nil, fmt.Errorf("kind %q: must be one of %s", shorten(name), strings.Join(Kinds(), ", "))
}

// checkJSON fails unless the line is JSON and its strings are text.
func checkJSON(line []byte) error {
	switch {
	case len(line) > maxLine:
		return fmt.Errorf("the line has more than %d bytes", maxLine)
	case !utf8.Valid(line):
		return errors.New("the line is not JSON: it is not UTF-8")
	case json.Valid(line):
		return nil
	}
	var v json.RawMessage
	err := json.Unmarshal(line, &v)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("the line is not JSON: at byte %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("the line is not JSON: %w", err)
}

// encode writes JSON. Answers are made of types that have one.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
