// Package trace reads and writes memory traces: the references of a program, in the formats of the tools
// that record them, and in memlab's own.
//
//	file → gzip, if it is → Detect, or the format's name → Reader → batches of Access
//	                                     accesses → Pager → blocks of sim.Ref → engines of paging/sim
//	                                      Access → Writer → file
//
// Traces are of two kinds. Those of byte addresses say which bytes an access touches: what pages these are
// depends on the page size, and an access that straddles pages touches each of them once, in order. Those of
// numbers name pages (or blocks, or objects) and nothing below.
//
// Readers hold one line or one record, never what a header claims. What is wrong with a trace is an *Error
// with the line, or the byte, at which it is. The package imports paging/sim for Ref, and nothing else of
// memlab.
package trace
