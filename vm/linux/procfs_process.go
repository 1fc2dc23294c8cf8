package linux

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"memlab/paging/addr"
)

// This file has a process's directory in /proc, and what is in it but for memory: procfs_memory.go.

// ofProcess looks name up in the directory of p, or of its task t.
func (f *procFS) ofProcess(p *Process, t *Task, name string) *procEntry {
	e := f.processEntry(p, t, name)
	if e != nil {
		e.owner = p.Cred
	}
	return e
}

func (f *procFS) processEntry(p *Process, t *Task, name string) *procEntry {
	first, rest, below := strings.Cut(name, "/")
	if t == nil {
		switch {
		case first == "task" && below:
			return f.ofTask(p, rest)
		case first == "task":
			return taskDir(p)
		}
	}
	switch {
	case first == "fd" && below:
		return fdEntry(p, rest)
	case first == "fdinfo" && below:
		return fdInfo(p, rest)
	}
	link := func(target string) *procEntry { return linkEntry(name, target) }
	switch name {
	case "exe":
		return link(p.Exe)
	case "cwd":
		path, _ := f.k.cfg.Files.Path(p.FS.Cwd)
		e := link(path)
		e.jump = p.FS.Cwd
		return e
	case "root":
		e := link("/")
		e.jump = f.k.cfg.Files.Root()
		return e
	case "fd", "fdinfo":
		return fdDir(p, name)
	case "pagemap":
		if m, ok := p.Space.(accountant); ok {
			return &procEntry{name: name, mode: 0o400, words: pagemap(m, f.k.cfg.PageSize)}
		}
		return nil
	}
	files := f.k.processFiles(p, t)
	if name == "" {
		e := files.find(".")
		e.name, e.dir = strconv.Itoa(int(p.PID)), append(e.dir, "cwd", "exe", "fd", "fdinfo", "root")
		if _, ok := p.Space.(accountant); ok {
			e.dir = append(e.dir, "pagemap")
		}
		if t == nil {
			e.dir = append(e.dir, "task")
		} else {
			e.name = strconv.Itoa(int(t.TID))
		}
		return e
	}
	return files.find(name)
}

// ofTask looks name, which begins with a number, up among the tasks of p.
func (f *procFS) ofTask(p *Process, name string) *procEntry {
	first, rest, _ := strings.Cut(name, "/")
	for _, t := range p.Tasks {
		if strconv.Itoa(int(t.TID)) == first {
			return f.ofProcess(p, t, rest)
		}
	}
	return nil
}

func taskDir(p *Process) *procEntry {
	e := &procEntry{name: "task", mode: fs.ModeDir | 0o555}
	for _, t := range p.Tasks {
		e.dir = append(e.dir, strconv.Itoa(int(t.TID)))
	}
	return e
}

// processFiles are the files of p's directory, or of its task t's.
func (k *Kernel) processFiles(p *Process, t *Task) textFiles {
	if t == nil {
		t = p.Tasks[0]
	}
	zeros := func() string { return "0\n" }
	files := textFiles{
		{"auxv", 0o400, func() string { return string(p.layout.Auxv) }},
		{"cgroup", 0o444, func() string { return "0::/\n" }},
		{"cmdline", 0o444, func() string { return zeroed(p.Args) }},
		{"comm", 0o644, func() string { return t.Comm + "\n" }},
		{"environ", 0o400, func() string { return zeroed(p.Env) }},
		{"limits", 0o444, func() string { return limitsText(&p.Limits) }},
		{"mountinfo", 0o444, k.mountinfo},
		{"mounts", 0o444, k.mounts},
		{"oom_adj", 0o644, zeros},
		{"oom_score", 0o444, zeros},
		{"oom_score_adj", 0o644, zeros},
		{"personality", 0o400, func() string { return fmt.Sprintf("%08x\n", p.persona) }},
		{"stat", 0o444, func() string { return k.statText(p, t) }},
		{"statm", 0o444, func() string { return statmText(p) }},
		{"status", 0o444, func() string { return k.statusText(p, t) }},
	}
	if p.mapsText != nil && !p.exited {
		files = append(files, textFile{"maps", 0o444, p.mapsText})
	}
	if m, ok := p.Space.(accountant); ok && !p.exited {
		files = append(files, textFile{"smaps", 0o444, func() string { return p.smaps(m) }},
			textFile{"smaps_rollup", 0o444, func() string { return p.rollup(m) }})
	}
	return files
}

// zeroed joins strings as the stack holds them: each with a NUL behind it.
func zeroed(list []string) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s)
		b.WriteByte(0)
	}
	return b.String()
}

// limitsText is /proc/PID/limits (fs/proc/base.c, proc_pid_limits).
func limitsText(l *Limits) string {
	rows := [len(l)]struct{ name, unit string }{
		{"Max cpu time", "seconds"},
		{"Max file size", "bytes"},
		{"Max data size", "bytes"},
		{"Max stack size", "bytes"},
		{"Max core file size", "bytes"},
		{"Max resident set", "bytes"},
		{"Max processes", "processes"},
		{"Max open files", "files"},
		{"Max locked memory", "bytes"},
		{"Max address space", "bytes"},
		{"Max file locks", "locks"},
		{"Max pending signals", "signals"},
		{"Max msgqueue size", "bytes"},
		{"Max nice priority", ""},
		{"Max realtime priority", ""},
		{"Max realtime timeout", "us"},
	}
	amount := func(v uint64) string {
		if v == unlimited {
			return "unlimited"
		}
		return strconv.FormatUint(v, 10)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units")
	for i, r := range &rows {
		unit := ""
		if r.unit != "" {
			unit = fmt.Sprintf("%-10s", r.unit)
		}
		fmt.Fprintf(&b, "%-25s %-20s %-20s %s\n", r.name, amount(l[i].Soft), amount(l[i].Hard), unit)
	}
	return b.String()
}

// state is a task's state as ps shows it.
func (k *Kernel) state(p *Process, t *Task) (letter, word string) {
	switch {
	case p.exited:
		return "Z", "zombie"
	case p.stopped:
		return "T", "stopped"
	case t.held > k.cfg.Clock.Now():
		return "D", "disk sleep"
	case t.waiting != nil && t != k.current:
		return "S", "sleeping"
	}
	return "R", "running"
}

// ticks is a time in units of 1/100 s (USER_HZ).
func ticks(ns uint64) uint64 { return ns / 1e7 }

// statText is /proc/PID/stat: 52 fields (fs/proc/array.c, do_task_stat).
func (k *Kernel) statText(p *Process, t *Task) string {
	letter, _ := k.state(p, t)
	u, c, l, m := p.used(k), p.childUsage, &p.layout, p.memory()
	pending := uint64(t.pending.set() | p.pending.set())
	ignored, caught := p.Actions.sets()
	fields := []any{
		t.TID, "(" + t.Comm + ")", letter, p.PPID, p.PGID, p.SID, 0, -1, 0x400000,
		u.MinorFaults, c.MinorFaults, u.MajorFaults, c.MajorFaults, ticks(u.User), 0, ticks(c.User), 0,
		20 + p.nice, p.nice, len(p.Tasks), 0, ticks(p.started), m.Size, m.Resident / addr.ABIPage,
		unlimited,
		l.StartCode, l.EndCode, l.StartStack, 0, 0, pending, uint64(t.mask), ignored, caught, 0, 0, 0,
		p.exitSignalOf(), 0,
		0, 0, 0, 0, 0, l.StartData, l.EndData, l.StartBrk, l.ArgStart, l.ArgEnd, l.EnvStart, l.EnvEnd,
	}
	if p.exited {
		fields = append(fields, p.exit.WaitStatus())
	} else {
		fields = append(fields, 0)
	}
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = fmt.Sprint(f)
	}
	return strings.Join(words, " ") + "\n"
}

func (p *Process) exitSignalOf() int {
	if p.loaded {
		return SIGCHLD
	}
	return p.exitSignal
}

// sets are the signals that are ignored, and those that have a handler.
func (a *Actions) sets() (ignored, caught uint64) {
	for sig := 1; sig <= lastSignal; sig++ {
		switch a[sig].Handler {
		case handlerIgnore:
			ignored |= 1 << (sig - 1)
		case handlerDefault:
		default:
			caught |= 1 << (sig - 1)
		}
	}
	return ignored, caught
}

// maskRow is a row of a status file that holds a set of signals or capabilities.
type maskRow struct {
	name string
	bits uint64
}

func maskRows(p *Process, t *Task) []maskRow {
	ignored, caught := p.Actions.sets()
	caps := &p.cred.caps
	return []maskRow{
		{"SigPnd", uint64(t.pending.set())},
		{"ShdPnd", uint64(p.pending.set())},
		{"SigBlk", uint64(t.mask)},
		{"SigIgn", ignored},
		{"SigCgt", caught},
		{"CapInh", caps.inheritable},
		{"CapPrm", caps.permitted},
		{"CapEff", caps.effective},
		{"CapBnd", allCaps},
		{"CapAmb", 0},
	}
}

// groupList is each group with a space behind it.
func groupList(groups []uint32) string {
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(strconv.FormatUint(uint64(g), 10) + " ")
	}
	return b.String()
}

// statusText is /proc/PID/status (fs/proc/array.c, proc_pid_status).
func (k *Kernel) statusText(p *Process, t *Task) string {
	var b strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, name+":\t"+format+"\n", args...)
	}
	letter, word := k.state(p, t)
	row("Name", "%s", t.Comm)
	if !p.exited {
		row("Umask", "%04o", p.FS.Umask)
	}
	row("State", "%s (%s)", letter, word)
	row("Tgid", "%d", p.PID)
	row("Ngid", "0")
	row("Pid", "%d", t.TID)
	row("PPid", "%d", p.PPID)
	row("TracerPid", "0")
	user, group := p.cred.user, p.cred.group
	row("Uid", "%d\t%d\t%d\t%d", user.real, user.effective, user.saved, p.Cred.UID)
	row("Gid", "%d\t%d\t%d\t%d", group.real, group.effective, group.saved, p.Cred.GID)
	row("FDSize", "%d", max(64, (len(p.Files.slots)+63)&^63))
	row("Groups", "%s", groupList(p.cred.groups))
	row("NStgid", "%d", p.PID)
	row("NSpid", "%d", t.TID)
	row("NSpgid", "%d", p.PGID)
	row("NSsid", "%d", p.SID)
	row("Kthread", "0")
	if !p.exited {
		b.WriteString(p.memoryRows())
	}
	row("CoreDumping", "0")
	row("THP_enabled", "0")
	row("Threads", "%d", len(p.Tasks))
	row("SigQ", "%d/%d", len(t.pending.list)+len(p.pending.list), p.Limits[limitSigpending].Soft)
	for _, s := range maskRows(p, t) {
		row(s.name, "%016x", s.bits)
	}
	row("NoNewPrivs", "%d", t.noNewPrivs)
	row("Seccomp", "0")
	row("Seccomp_filters", "0")
	row("Cpus_allowed", "1")
	row("Cpus_allowed_list", "0")
	row("Mems_allowed", "1")
	row("Mems_allowed_list", "0")
	row("voluntary_ctxt_switches", "0")
	row("nonvoluntary_ctxt_switches", "0")
	return b.String()
}
