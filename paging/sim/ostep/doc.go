// Package ostep answers the memory exercises of "Operating Systems: Three Easy Pieces" (Arpaci-Dusseau) as
// the book's own simulators do: page replacement, free-space management, base and bounds, two segments, a
// linear page table, and a page table of two levels. The rules differ from the textbook's in places, so this
// is a room of its own beside paging/policy and paging/alloc.
//
// Each exercise is a struct that holds the question, with a method that answers it, and a generator that
// makes a question from a seed:
//
//	options, seed → NewXxx → question (a struct, its JSON that of a case file) → Run or Answer → answers
//
// Questions come from the generator of package pyrandom; the order of its draws is part of the exercise.
// Nothing here prints: cmd/memlab shows questions and answers, lab/batch serves them as JSON.
//
// Where the rules are not the textbook's:
//
//	CLOCK            no hand: entries are probed at random until one with a counter of 0 is found
//	OPT              ties go to the page that came last
//	coalescing       joins entries that follow one another in the list, not all that touch in memory
//	lists by size    an allocation leaves the rest of an entry where the entry was
//	best, worst fit  look at the whole list, also when it is sorted
package ostep
