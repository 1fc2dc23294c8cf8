package batch

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The requests are read with more rigour than encoding/json has: names in the letter case given, no member
// twice, no null where a number should be. What is read here has passed json.Valid, so the scanner below only
// looks for the ends of values.

// skip is the index behind the value that begins at i.
func skip(text []byte, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			depth++
			continue
		case ']', '}':
			if depth == 0 {
				return i // of what the value is in
			}
			depth--
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
			continue
		default:
			if depth == 0 && i+1 < len(text) && !strings.ContainsRune(",:]} \t\r\n", rune(text[i+1])) {
				continue // within a number or a word
			}
		}
		if depth == 0 {
			return i + 1
		}
	}
	return i
}

// blank is the index of the first character from i on that is not between values.
func blank(text []byte, i int) int {
	for i < len(text) && strings.IndexByte(" \t\r\n,:", text[i]) >= 0 {
		i++
	}
	return i
}

// values are the elements of an array, or the names and values of an object in turn. Precondition: text is
// valid JSON and one of the two, without space around it.
func values(text []byte) [][]byte {
	var all [][]byte
	for i := blank(text, 1); i < len(text)-1; i = blank(text, i) {
		end := skip(text, i)
		all = append(all, text[i:end])
		i = end
	}
	return all
}

// typeName is what kind of value a text is, for messages.
func typeName(text []byte) string {
	switch text[0] {
	case '"':
		return "a string"
	case '[':
		return "a list"
	case '{':
		return "an object"
	case 'n':
		return null
	case 't', 'f':
		return "a boolean"
	}
	return "the number " + shorten(string(text))
}

// shorten keeps long input out of messages.
func shorten(text string) string {
	const most = 40
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// object is a JSON object that is being read. The first thing that is wrong stays as err; what is read after
// it is zero.
type object struct {
	where  string // in front of names in messages: "" or "rng."
	fields map[string][]byte
	err    error
}

// newObject takes an object apart.
func newObject(text []byte, where string) *object {
	o := &object{where: where, fields: map[string][]byte{}}
	if text[0] != '{' {
		what := strings.TrimSuffix(where, ".")
		if what == "" {
			what = "the request"
		}
		o.fail("%s is %s: must be an object", what, typeName(text))
		return o
	}
	parts := values(text)
	for i := 0; i+1 < len(parts); i += 2 {
		var name string
		if err := json.Unmarshal(parts[i], &name); err != nil {
			o.fail("a field's name: %w", err)
		}
		if _, twice := o.fields[name]; twice {
			o.fail("field %q is there twice", shorten(where+name))
		}
		o.fields[name] = parts[i+1]
	}
	return o
}

func (o *object) fail(format string, args ...any) {
	if o.err == nil {
		o.err = fmt.Errorf(format, args...)
	}
}

// only fails if there are other fields than those.
func (o *object) only(names ...string) {
	var odd []string
	for name := range o.fields {
		if !slices.Contains(names, name) {
			odd = append(odd, name)
		}
	}
	if len(odd) > 0 {
		o.fail("unknown field %q: allowed are %s",
			shorten(o.where+slices.Min(odd)), strings.Join(names, ", "))
	}
}

// has says whether there is such a field.
func (o *object) has(name string) bool { return o.fields[name] != nil }

// get is the value of a field that must be there and, if begin is not "", begins with one of its characters.
func (o *object) get(name, begin, want string) []byte {
	text := o.fields[name]
	switch {
	case text == nil:
		o.fail("field %q is missing: must be %s", o.where+name, want)
	case begin != "" && !strings.ContainsRune(begin, rune(text[0])):
		o.fail("field %q is %s: must be %s", o.where+name, typeName(text), want)
		return nil
	}
	return text
}

const null = "null"

// isNull says whether the field is there and null.
func (o *object) isNull(name string) bool { return string(o.fields[name]) == null }

func (o *object) text(name string) string {
	var s string
	if text := o.get(name, `"`, "a string"); text != nil {
		if err := json.Unmarshal(text, &s); err != nil {
			o.fail("field %q: %w", o.where+name, err)
		}
	}
	return s
}

func (o *object) boolean(name string) bool {
	text := o.get(name, "tf", "true or false")
	return string(text) == "true"
}

// uint is an integer of at least least.
func (o *object) uint(name string, least uint64) uint64 {
	want := fmt.Sprintf("an integer of at least %d", least)
	text := o.get(name, "-0123456789", want)
	if text == nil {
		return 0
	}
	v, err := parseUint(text)
	if err != nil || v < least {
		o.fail("field %q is %s: must be %s%s", o.where+name, shorten(string(text)), want, tooLarge(err))
	}
	return v
}

// size is a uint that fits an int.
func (o *object) size(name string, least uint64) int {
	const most = 1<<31 - 1
	v := o.uint(name, least)
	if v > most {
		o.fail("field %q is %d: must be at most %d", o.where+name, v, uint64(most))
		return 0
	}
	return int(v)
}

// array are the elements of a list.
func (o *object) array(name, of string) [][]byte {
	if text := o.get(name, "[", "a list of "+of); text != nil {
		return values(text)
	}
	return nil
}

// uints is a list of integers of at least 0.
func (o *object) uints(name string) []uint64 {
	texts := o.array(name, "integers of at least 0")
	all := make([]uint64, len(texts))
	for i, text := range texts {
		all[i] = o.element(name, i, text)
	}
	return all
}

// element is an integer in a list.
func (o *object) element(name string, i int, text []byte) uint64 {
	v, err := parseUint(text)
	if err != nil {
		o.fail("field %q, element %d, is %s: must be an integer of at least 0%s",
			o.where+name, i, shorten(string(text)), tooLarge(err))
	}
	return v
}

// object is a field that is an object.
func (o *object) object(name string) *object {
	text := o.get(name, "{", "an object")
	if text == nil {
		return &object{err: o.err}
	}
	return newObject(text, o.where+name+".")
}

// tooLarge adds to a message about an integer that it is too large.
func tooLarge(err error) string {
	if errors.Is(err, strconv.ErrRange) {
		return " and below 2^64"
	}
	return ""
}

// parseUint reads an integer as JSON writes it. A fraction or an exponent, even one that changes nothing, is
// none.
func parseUint(text []byte) (uint64, error) {
	if len(text) < 19 { // cannot overflow
		v := uint64(0)
		for _, c := range text {
			if c < '0' || c > '9' {
				return 0, strconv.ErrSyntax
			}
			v = v*10 + uint64(c-'0')
		}
		return v, nil
	}
	return strconv.ParseUint(string(text), 10, 64)
}

// take makes what is wrong with an inner object a fault of the outer one.
func (o *object) take(inner *object) {
	if o.err == nil {
		o.err = inner.err
	}
}
