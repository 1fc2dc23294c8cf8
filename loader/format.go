package loader

import "slices"

// Format is a binary format that hands a file to an interpreter, as binfmt_misc and #! lines do. Formats are
// asked in order (search_binary_handler), each about the file that execve has come to; ELF files, which need
// no interpreter of this kind, come last and are the loader's own.
type Format interface {
	// Name is the format's name in events and messages.
	Name() string
	// Try says what is to be done with the file: nil if it is not the format's own. An error is execve's,
	// as Errno.
	Try(c *Candidate) (*Handover, error)
}

// Candidate is a file that formats are asked about.
type Candidate struct {
	Path string // as the call or the level before names it
	File File
	Head []byte // its first 256 bytes, zeros where it is shorter; not to be changed

	Depth int // how often formats have been asked, this time included: 1 is the call's own file

	args *argArea
}

// Argv are the arguments as they are at this depth.
func (c *Candidate) Argv() []string {
	if c.args == nil {
		return nil
	}
	return c.args.argv()
}

// Handover is a format's answer: the interpreter takes the file's place, with the arguments
//
//	Interp, Args..., the file's path, the old argv[1..]
//
// or with KeepArgv0 the path and the whole old argv.
type Handover struct {
	Interp    string   // path of the interpreter, opened by Request.Open; argv[0]
	Args      []string // between the interpreter and the path
	Opened    File     // the interpreter, opened before; nil: open it now
	KeepArgv0 bool     // bit 0 of AT_FLAGS tells the interpreter
	OpenFile  bool     // the interpreter gets the file open, as descriptor AT_EXECFD

	// Image, if not nil, says that there is no interpreter: the format loads the file itself.
	Image *Image
}

// scripts is the format of #! lines.
type scripts struct{ prof *Profile }

// Name is "script".
func (scripts) Name() string { return "script" }

// Try is load_script.
func (s scripts) Try(c *Candidate) (*Handover, error) {
	if string(c.Head[:2]) != "#!" {
		return nil, nil //nolint:nilnil // documented: not the format's own
	}
	line, bad := parseShebang(c.Head)
	if bad == "" && line.interp == "" && s.prof.EmptyInterpNoExec {
		bad = noInterp
	}
	if bad != "" {
		return nil, refuse(RuleScriptLine, ENOEXEC, c.File.Path(), "%s", bad)
	}
	h := &Handover{Interp: line.interp}
	if line.hasArg {
		h.Args = []string{line.arg}
	}
	return h, nil
}

// findFormat asks the formats until a file is an ELF program (exec_binprm).
func (l *load) findFormat() error {
	formats := slices.Concat(l.req.Formats, []Format{scripts{l.prof}})
	c := Candidate{Path: l.req.Path, File: l.req.File, args: l.args}
	for range maxDepth {
		l.depth++
		c.Depth = int(l.depth)
		var err error
		if c.Head, err = readHead(c.File); err != nil {
			return err
		}
		h, err := l.ask(formats, &c)
		if err != nil {
			return err
		}
		if h == nil {
			return l.takeELF(c.File, c.Head)
		}
		if h.Image != nil {
			return l.takeImage(c.File, h.Image)
		}
		if err := l.handOver(&c, h); err != nil {
			return err
		}
	}
	return refuse(RuleDepth, ELOOP, l.req.Path, "more than %d interpreters in front of a program", maxDepth-1)
}

// ask is search_binary_handler: the first format that takes the file.
func (l *load) ask(formats []Format, c *Candidate) (*Handover, error) {
	for i, f := range formats {
		format, refused, taken := uint64(formatOther), RuleAsked, RuleTaken
		if i == len(formats)-1 {
			format, refused, taken, i = formatScript, RuleScriptMagic, RuleScript, 0
		}
		h, err := f.Try(c)
		switch {
		case err != nil:
			e, known := asError(err)
			if !known {
				e = refuse(RuleAnswer, errnoOf(err), c.File.Path(), "format %s: %v", f.Name(), err)
			}
			l.tellRefused(e.Rule, format, i, e.Errno)
			if e.Errno == ENOEXEC && format == formatScript {
				l.tellELF(RuleMagic, c.Head)
			}
			return nil, e
		case h != nil:
			l.tellFormat(taken, format, i)
			return h, nil
		}
		l.tellRefused(refused, format, i, ENOEXEC)
	}
	return nil, nil //nolint:nilnil // no format wants it
}

// handOver puts the interpreter in the file's place.
func (l *load) handOver(c *Candidate, h *Handover) error {
	if err := l.args.rewrite(c.Path, h); err != nil {
		return err
	}
	l.keptArgv0 = l.keptArgv0 || h.KeepArgv0
	l.openBinary = l.openBinary || h.OpenFile
	if l.openBinary {
		if l.binary != nil {
			return refuse(RuleExecFD, ENOEXEC, c.File.Path(),
				"a file that is passed open has an interpreter that has one itself")
		}
		l.binary = c.File
	}
	next := h.Opened
	if next == nil {
		var err error
		if next, err = l.open(c.File, h.Interp); err != nil {
			return err
		}
	}
	c.File, c.Path = next, h.Interp
	l.tread(h.Interp)
	return nil
}

// takeELF accepts file as the program that is loaded.
func (l *load) takeELF(file File, head []byte) error {
	img, err := readProgram(file, head, l.prof)
	if err != nil {
		if e, ok := asError(err); ok {
			l.tellELF(e.Rule, head)
		}
		return err
	}
	l.prog, l.class = img, img.head.Class
	l.tellELF(NoRule, head)
	l.tellHeader(img, RuleHeader)
	return nil
}
