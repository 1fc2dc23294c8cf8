package lab

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// documents reads the first two documents of src, as node trees: two are enough to know that there is more
// than one.
func documents(src []byte) (docs []*yaml.Node, err error) {
	defer func() { // the library is known to panic on some broken documents
		if p := recover(); p != nil {
			docs, err = nil, errors.New("the reader gave up")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	for len(docs) < 2 {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, reason(err)
		}
		docs = append(docs, &doc)
	}
	return docs, nil
}

// reason is the library's message without its prefix and its line number, which for some errors is that of
// the enclosing mapping, counted from 0.
func reason(err error) error {
	text := regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
	text = regexp.MustCompile(`\s+`).ReplaceAllString(text, " ")
	return errors.New(text)
}

// brokenLine finds the line with which a document stops being YAML: the shortest beginning of src, in whole
// lines, from which on no longer beginning is YAML either. (A flow mapping over several lines is broken
// until it is closed; one that is never closed is reported where it opens.) 0 for a document too long to
// try.
func brokenLine(src []byte) int {
	const longest = 300 // lines; the search reads the document once a line
	ends := []int{}
	for i, b := range src {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	if len(src) > 0 && src[len(src)-1] != '\n' {
		ends = append(ends, len(src))
	}
	if len(ends) > longest || len(src) > longest*200 {
		return 0
	}
	line := len(ends)
	for line > 1 {
		if _, err := documents(src[:ends[line-2]]); err == nil {
			break
		}
		line--
	}
	return line
}
