package event

import "memlab/paging/addr"

// Sink looks on: it is handed the events of its kinds in order, a batch at a time, and cannot answer. By then
// the machine has gone on, so what a sink wants to know must be in the records. It must not keep the slice.
type Sink func(batch []Event)

// batchSize is the number of records after which sinks are called: enough that the call costs nothing,
// few enough that they stay in the host's first-level cache.
const batchSize = 128

// batch holds the records that sinks have not seen yet.
type batch struct {
	recs       []Event // nil until there is a sink
	spare      []Event // the other one of two, which are filled and delivered in turn
	n          int     // records in recs
	delivering bool
}

// Observe adds a sink for the kinds of m. It is called when a batch is full, before the set of subscriptions
// changes, and at Flush: at the latest when the machine's run returns. Observing costs a small part of what
// listening does, for the machine need not stop at each event.
func (b *Bus) Observe(m Mask, fn Sink) *Subscription {
	return b.add(&Subscription{bus: b, mask: m, sink: fn})
}

// Record makes the next record for sinks, stamped as of pc and insn, and returns it to be filled. The caller
// has found Observed, and that no listener waits for k.
func (b *Bus) Record(k Kind, pc addr.VAddr, insn uint64) *Event {
	ev := b.slot()
	*ev = Event{}
	b.seq++
	ev.Seq, ev.Insn, ev.PC, ev.PID, ev.Kind = b.seq, insn, pc, b.Now.PID, k
	return ev
}

// Records makes the next 1 to n records for sinks, of kind k, with number and process, and returns them to be
// filled. The caller has found Observed, and that no listener waits for k.
func (b *Bus) Records(k Kind, n int) []Event {
	q := &b.batch
	if q.n == len(q.recs) {
		b.makeRoom()
	}
	recs := q.recs[q.n:min(q.n+n, len(q.recs))]
	q.n += len(recs)
	seq, pid := b.seq, b.Now.PID
	for i := range recs {
		seq++
		ev := &recs[i]
		*ev = Event{}
		ev.Seq, ev.PID, ev.Kind = seq, pid, k
	}
	b.seq = seq
	return recs
}

// slot is where the next record goes.
func (b *Bus) slot() *Event {
	q := &b.batch
	if q.n == len(q.recs) {
		b.makeRoom()
	}
	ev := &q.recs[q.n]
	q.n++
	return ev
}

func (b *Bus) makeRoom() {
	q := &b.batch
	switch {
	case q.recs == nil:
		q.recs = make([]Event, batchSize)
	case q.delivering: // a sink causes events
		q.recs = append(q.recs, make([]Event, len(q.recs))...)
	default:
		b.Flush()
	}
}

// Flush hands the records made so far to the sinks.
func (b *Bus) Flush() {
	q := &b.batch
	if q.n == 0 || q.delivering {
		return
	}
	q.delivering = true
	b.depth++
	for q.n > 0 {
		full := q.recs[:q.n]
		if q.spare == nil {
			q.spare = make([]Event, batchSize)
		}
		q.recs, q.spare, q.n = q.spare, nil, 0
		for i := 0; i < len(b.subs); i++ { //nolint:intrange // sinks may append: the length changes
			if s := b.subs[i]; s.sink != nil && s.mask != 0 {
				s.deliver(full)
			}
		}
		q.spare = full[:cap(full)]
	}
	b.depth--
	q.delivering = false
	b.sweep()
}

// deliver hands those of batch that s wants to its sink, as few times as can be done without copying.
func (s *Subscription) deliver(batch []Event) {
	from := 0
	for i := range batch {
		if s.mask&(1<<batch[i].Kind) != 0 {
			continue
		}
		if i > from {
			s.sink(batch[from:i:i])
		}
		from = i + 1
	}
	if len(batch) > from {
		s.sink(batch[from:len(batch):len(batch)])
	}
}
