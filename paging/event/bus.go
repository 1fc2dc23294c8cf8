package event

import "memlab/paging/addr"

// Listener is told of events. It must not keep ev.
type Listener func(ev *Event) Verdict

// Now is where the machine stands; the bus stamps events with it. Whoever runs the CPU keeps it current
// before anything that can emit.
type Now struct {
	Insn uint64
	PC   addr.VAddr
	PID  int32
}

// Bus carries events from their sites to the listeners. The zero value is ready and nobody listens. A Bus
// belongs to one machine and is not for concurrent use.
type Bus struct {
	Now Now

	// Changed, when set, is called after the set of kinds that someone listens to has changed, so that the
	// machine can choose another run loop at once.
	Changed func(Mask)

	mask    Mask
	seq     uint64
	subs    []*Subscription // in order of subscription; removed ones are nil'ed out while depth > 0
	depth   int             // emissions under way
	holes   bool            // subs has removed entries
	scratch [4]Event        // records by depth of emission: a listener may cause events
	pending Verdict         // strongest verdict not yet taken by the machine
}

// Subscription is one listener's place on the bus.
type Subscription struct {
	bus  *Bus
	mask Mask
	fn   Listener
}

// On reports whether anyone listens to k. Sites test it before they build an event.
func (b *Bus) On(k Kind) bool { return b.mask&(1<<k) != 0 }

// Any reports whether anyone listens to one of m.
func (b *Bus) Any(m Mask) bool { return b.mask&m != 0 }

// Subscribe adds a listener for the kinds of m, behind those already there. It takes effect at once.
func (b *Bus) Subscribe(m Mask, fn Listener) *Subscription {
	s := &Subscription{bus: b, mask: m, fn: fn}
	b.subs = append(b.subs, s)
	b.recompute()
	return s
}

// Remove takes the listener off the bus, at once. It may be called twice, and from inside a listener.
func (s *Subscription) Remove() {
	b := s.bus
	if b == nil {
		return
	}
	s.bus, s.mask = nil, 0
	b.holes = true
	b.sweep()
	b.recompute()
}

func (b *Bus) sweep() {
	if b.depth > 0 || !b.holes {
		return
	}
	kept := b.subs[:0]
	for _, s := range b.subs {
		if s.bus != nil {
			kept = append(kept, s)
		}
	}
	clear(b.subs[len(kept):])
	b.subs, b.holes = kept, false
}

func (b *Bus) recompute() {
	var m Mask
	for _, s := range b.subs {
		m |= s.mask
	}
	if m == b.mask {
		return
	}
	b.mask = m
	if b.Changed != nil {
		b.Changed(m)
	}
}

// Emit stamps ev and hands it to the listeners of its kind. It returns the strongest of their verdicts. Stop
// and Kill are also remembered for TakePending, so that a site deep in a translation need not act on them.
//
//go:noinline
func (b *Bus) Emit(ev *Event) Verdict {
	b.seq++
	var rec *Event // not ev itself, so that the site's record can stay on its stack
	if b.depth < len(b.scratch) {
		rec = &b.scratch[b.depth]
	} else {
		rec = new(Event)
	}
	*rec = *ev
	rec.Seq, rec.Insn, rec.PC, rec.PID = b.seq, b.Now.Insn, b.Now.PC, b.Now.PID
	b.depth++
	strongest := Continue
	bit := Mask(1) << rec.Kind
	for i := 0; i < len(b.subs); i++ { //nolint:intrange // listeners may append: the length changes
		if s := b.subs[i]; s.mask&bit != 0 {
			v := s.fn(rec)
			strongest = max(strongest, v)
			if v == Stop || v == Kill {
				b.pending = max(b.pending, v)
			}
		}
	}
	b.depth--
	b.sweep()
	return strongest
}

// Pending is the strongest of the Stop and Kill verdicts since the last TakePending.
func (b *Bus) Pending() Verdict { return b.pending }

// TakePending returns Pending and clears it.
func (b *Bus) TakePending() Verdict {
	v := b.pending
	b.pending = Continue
	return v
}

// Seq is the number of events emitted so far.
func (b *Bus) Seq() uint64 { return b.seq }
