package main

import (
	"errors"
	"fmt"

	"memlab/loader"
	"memlab/paging/event"
	"memlab/vm"
)

// storyDoc is what `memlab maps --story --format json` prints.
type storyDoc struct {
	OK    bool       `json:"ok"`
	Story []storyRow `json:"story"`
}

// storyRow is one step of execve.
type storyRow struct {
	Step     string    `json:"step"`
	Facts    string    `json:"facts"`
	Path     string    `json:"path,omitempty"`
	File     *rangeDoc `json:"file,omitempty"`
	Address  *rangeDoc `json:"address,omitempty"`
	Perms    string    `json:"perms,omitempty"`
	Errno    string    `json:"errno,omitempty"`
	Signal   string    `json:"signal,omitempty"`
	Rule     *ruleDoc  `json:"rule,omitempty"`
	AlsoRule *ruleDoc  `json:"also,omitempty"`
}

// rangeDoc is a part of a file or of the address space.
type rangeDoc struct {
	Start hexNum `json:"start"`
	Size  hexNum `json:"size"`
}

// ruleDoc is a rule that decided.
type ruleDoc struct {
	Name     string `json:"name"`
	Function string `json:"function"`
	Text     string `json:"text"`
}

// tellStory loads the program and prints what execve did, also if it fails.
func (p *process) tellStory(m *vm.Machine, prog vm.Program, format string) error {
	story := loader.Record(m.Bus(), m.Trail())
	defer story.Close()
	_, loadErr := m.Load(prog)
	if _, refused := errors.AsType[*loader.Error](loadErr); loadErr != nil && !refused {
		return fmt.Errorf("maps: %w", loadErr)
	}
	text := story.Text()
	if format == formatJSON {
		doc := storyDoc{OK: loadErr == nil}
		for i := range story.Steps {
			doc.Story = append(doc.Story, storyRowOf(&story.Steps[i]))
		}
		text = toJSON(doc)
	}
	if err := write(p.stdout, text); err != nil {
		return err
	}
	switch {
	case loadErr == nil:
		return nil
	case format == formatJSON:
		return &exitError{code: codeMachine}
	}
	return &exitError{codeMachine, fmt.Errorf("maps: %w", loadErr)}
}

func storyRowOf(s *loader.Step) storyRow {
	r := storyRow{
		Step: s.Kind.String(), Facts: s.Facts(), Path: s.Name, Rule: ruleOf(s.Rule), AlsoRule: ruleOf(s.Also),
	}
	if off, size, ok := s.FileRange(); ok {
		r.File = &rangeDoc{hexNum(off), hexNum(size)}
	}
	if start, end, ok := s.Range(); ok {
		r.Address = &rangeDoc{hexNum(start), hexNum(end - start)}
	}
	if s.HasProt() {
		r.Perms = s.Prot.String()
	}
	if no := s.Errno(); no != 0 {
		r.Errno = no.Error()
	}
	if s.Kind == event.ExecFail && s.Arg2 != 0 {
		r.Signal = "SIGSEGV"
	}
	return r
}

// ruleOf describes the rule that an event numbers; nil for none.
func ruleOf(n uint8) *ruleDoc {
	r := loader.Rule(n)
	if r == loader.NoRule {
		return nil
	}
	return &ruleDoc{r.String(), r.Function(), r.Text()}
}
