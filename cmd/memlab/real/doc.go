// Package real holds the test tree of real programs: binaries of Debian that nobody here wrote, or
// built by the host's own compilers, run under `memlab exec` and natively in the same folder, and must
// print the same bytes and end the same.
//
// Each row of the tables (rows_*_test.go) is a command line, its standard input, and the least memory
// with which it works. It runs with 64 MiB, then with that least memory under two replacement
// policies, some on pages of 16 KiB with a third, at last on the host. The folder in which a row runs
// is a fresh copy of testdata/files; memlab goes first, since it writes to the guest's overlay only.
//
// A row of whose programs the host lacks one is skipped, and says which Debian package has it; with
// MEMLAB_REAL=require in the environment it fails. packages.txt lists the packages; .ci/run installs
// them all.
//
//	go test ./cmd/memlab/real                               every row
//	go test ./cmd/memlab/real -run TestReal/gzip -v         one row, with seconds, instructions and faults
//	go test ./cmd/memlab/real -run TestReal/gzip -least -v  looks for the row's least memory
package real
