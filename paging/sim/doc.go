// Package sim simulates page replacement without a program: reference strings and traces in, faults and
// evictions out. It drives the policies of paging/policy, the same code that a live machine runs, on frames
// that are entries of plain arrays.
//
//	page numbers → dense numbers → Ref (number and write flag) → Engine.Feed → Faults, Observer
//
// An Engine is one policy with one number of frames. It takes references in blocks, so that a trace can be
// decoded once and fed to many engines. Memory is in proportion to the number of distinct pages; only
// policies that need the future keep four bytes for each reference.
//
// Run does all that for a short string and returns what the recorded cases have. LRUCurve and OPTCurve find
// the faults for every number of frames in one pass, without an Engine.
package sim
