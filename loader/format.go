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
		return nil, refuse(ENOEXEC, c.File.Path(), "%s", bad)
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
	c := Candidate{Path: l.req.Path, File: l.req.File}
	for range maxDepth {
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
		if err := l.handOver(&c, h); err != nil {
			return err
		}
	}
	return refuse(ELOOP, l.req.Path, "more than %d interpreters in front of a program", maxDepth-1)
}

// ask is search_binary_handler: the first format that takes the file.
func (l *load) ask(formats []Format, c *Candidate) (*Handover, error) {
	for i, f := range formats {
		h, err := f.Try(c)
		if err != nil {
			if _, known := asError(err); known {
				return nil, err
			}
			return nil, refuse(errnoOf(err), c.File.Path(), "format %s: %v", f.Name(), err)
		}
		if h == nil {
			continue
		}
		if i == len(formats)-1 {
			l.emitFormat(formatScript)
		} else {
			l.emitFormat(formatOther)
		}
		return h, nil
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
			return refuse(ENOEXEC, c.File.Path(),
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
	return nil
}

// takeELF accepts file as the program that is loaded.
func (l *load) takeELF(file File, head []byte) error {
	img, err := readProgram(file, head, l.prof)
	if err != nil {
		return err
	}
	l.prog, l.class = img, img.head.Class
	if l.class.Bits() == 64 {
		l.emitFormat(formatELF64)
	} else {
		l.emitFormat(formatELF32)
	}
	l.emitHeader(img)
	return nil
}
