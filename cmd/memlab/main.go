// Command memlab is the laboratory's command line: one file a verb.
//
//	process.go    everything that touches the process, in one struct: a test makes one in memory
//	root.go       the tree of verbs, errors and exit codes
//	options.go    --config, --set and the machine's shortcuts
//	layers.go     defaults < file < environment < options
//	config.go  exec.go  run.go  version.go …  the verbs
//	mountfs.go    what a guest sees as its files
//
// Exit codes: 0 passed, 1 an assertion failed, 2 usage or configuration, 3 a script error, or the guest or
// the machine failed, 4 a limit was hit. `memlab exec` hands the guest's own status on instead, see there.
package main

import "os"

func main() { os.Exit(hostProcess().run()) }
