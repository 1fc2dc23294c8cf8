package alloc

import "slices"

// Job waits for memory.
type Job struct {
	ID   int
	Size uint64
}

// Queue is the jobs that wait for an allocator's memory, in order of arrival.
type Queue struct {
	// Strict lets nobody overtake: a job that does not fit holds up those behind it. Otherwise the first that
	// fits is taken, which serves memory better and may starve the large.
	Strict bool

	waiting []Job
}

// Wait puts a job at the end.
func (q *Queue) Wait(j Job) { q.waiting = append(q.waiting, j) }

// Leave takes a job out; false: it does not wait.
func (q *Queue) Leave(id int) bool {
	n := len(q.waiting)
	q.waiting = slices.DeleteFunc(q.waiting, func(j Job) bool { return j.ID == id })
	return len(q.waiting) < n
}

// Waiting are the jobs, first come first.
func (q *Queue) Waiting() []Job { return slices.Clone(q.waiting) }

// Admit gives memory to one job more, to be called until it says no: after each block that is freed.
func (q *Queue) Admit(a Allocator) (Job, Block, bool) {
	for i, j := range q.waiting {
		if b, err := a.Alloc(j.Size); err == nil {
			q.waiting = slices.Delete(q.waiting, i, i+1)
			return j, b, true
		}
		if q.Strict {
			break
		}
	}
	return Job{}, Block{}, false
}
