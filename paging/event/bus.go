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

// Bus carries events from their sites to those who want to know of them: listeners, who are asked at once and
// may answer; sinks, who only look on and are handed records by the batch (Observe); and tallies, which count
// by page without any record (Tally). The zero value is ready and nobody listens. A Bus belongs to one
// machine and is not for concurrent use.
type Bus struct {
	Now Now

	// Changed, when set, is called after the set of kinds that someone wants has changed, so that the machine
	// can choose another run loop at once.
	Changed func(Mask)

	mask    Mask // of everybody: the union of the three below
	direct  Mask // of listeners
	sunk    Mask // of sinks
	tallied Mask // of tallies
	changes uint64
	seq     uint64
	subs    []*Subscription // in order of subscription; removed ones are nil'ed out while depth > 0
	tallies []*Subscription // of subs
	depth   int             // emissions and deliveries under way
	holes   bool            // subs has removed entries
	scratch [4]Event        // records by depth of emission: a listener may cause events
	pending Verdict         // strongest verdict not yet taken by the machine
	batch   batch
}

// Subscription is the place of one listener, sink or tally on the bus.
type Subscription struct {
	bus   *Bus
	mask  Mask
	fn    Listener
	sink  Sink
	tally *Tally
}

// On reports whether anyone wants to know of k. Sites test it before they build an event.
func (b *Bus) On(k Kind) bool { return b.mask&(1<<k) != 0 }

// Any reports whether anyone wants to know of one of m.
func (b *Bus) Any(m Mask) bool { return b.mask&m != 0 }

// Mask is the set of kinds that anyone wants to know of.
func (b *Bus) Mask() Mask { return b.mask }

// Listened reports whether a listener waits for one of m: it has to be called where the event happens.
func (b *Bus) Listened(m Mask) bool { return b.direct&m != 0 }

// Observed reports whether a sink wants one of m: records of them, which can be made later, but in order.
func (b *Bus) Observed(m Mask) bool { return b.sunk&m != 0 }

// Told reports whether a listener or a sink wants one of m.
func (b *Bus) Told(m Mask) bool { return (b.direct|b.sunk)&m != 0 }

// Tallied reports whether a tally counts one of m.
func (b *Bus) Tallied(m Mask) bool { return b.tallied&m != 0 }

// Changes counts how often the sets of kinds have changed that anybody wants.
func (b *Bus) Changes() uint64 { return b.changes }

// Subscribe adds a listener for the kinds of m, behind those already there. It takes effect at once.
func (b *Bus) Subscribe(m Mask, fn Listener) *Subscription {
	return b.add(&Subscription{bus: b, mask: m, fn: fn})
}

func (b *Bus) add(s *Subscription) *Subscription {
	b.Flush() // what has happened is not for a newcomer
	b.subs = append(b.subs, s)
	b.recompute()
	return s
}

// Remove takes the subscription off the bus, at once: a sink gets what has happened up to now. It may be
// called twice, and from inside a listener or sink.
func (s *Subscription) Remove() {
	b := s.bus
	if b == nil {
		return
	}
	b.Flush()
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
	var direct, sunk, tallied Mask
	b.tallies = nil // not in place: it may be walked at this moment
	for _, s := range b.subs {
		switch {
		case s.tally != nil:
			tallied |= s.mask
			b.tallies = append(b.tallies, s)
		case s.sink != nil:
			sunk |= s.mask
		default:
			direct |= s.mask
		}
	}
	if direct == b.direct && sunk == b.sunk && tallied == b.tallied {
		return
	}
	b.direct, b.sunk, b.tallied = direct, sunk, tallied
	b.mask = direct | sunk | tallied
	b.changes++
	if b.Changed != nil {
		b.Changed(b.mask)
	}
}

// Emit stamps ev and hands it to those who want its kind. It returns the strongest verdict of the listeners.
// Stop and Kill are also remembered for TakePending, so that a site deep in a translation need not act on
// them.
//
//go:noinline
func (b *Bus) Emit(ev *Event) Verdict {
	bit := Mask(1) << ev.Kind
	if b.tallied&bit != 0 {
		b.Count(ev.Kind, ev.VA, 1)
	}
	if (b.direct|b.sunk)&bit == 0 {
		return Continue
	}
	b.seq++
	var rec *Event // not ev itself, so that the site's record can stay on its stack
	if b.depth < len(b.scratch) {
		rec = &b.scratch[b.depth]
	} else {
		rec = new(Event)
	}
	*rec = *ev
	rec.Seq, rec.Insn, rec.PC, rec.PID = b.seq, b.Now.Insn, b.Now.PC, b.Now.PID
	if b.sunk&bit != 0 {
		*b.slot() = *rec
	}
	if b.direct&bit == 0 {
		return Continue
	}
	b.depth++
	strongest := Continue
	for i := 0; i < len(b.subs); i++ { //nolint:intrange // listeners may append: the length changes
		if s := b.subs[i]; s.fn != nil && s.mask&bit != 0 {
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
