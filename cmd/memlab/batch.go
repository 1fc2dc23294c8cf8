package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"memlab/lab/batch"
)

// newBatch is the verb that answers lines of JSON.
func newBatch(p *process) *cobra.Command {
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "batch",
		Short: "answer questions about memory, one line of JSON each",
		Long: "Reads requests from standard input, one JSON object a line, and writes an answer for\n" +
			"each, in order, as soon as no further request waits. A request has an id, a kind and the\n" +
			"fields of its kind; the answer has the same id and kind and the results, or id and error.\n" +
			"A bad request ends nothing: the exit status is 0 when the input has been read to its end.\n\n" +
			"Kinds: " + strings.Join(batch.Kinds(), ", ") + ".",
		Example: `  echo '{"id":1,"kind":"curve","refs":[7,0,1,2,0,3]}' | memlab batch` + "\n" +
			"  memlab batch <requests.jsonl >answers.jsonl",
		Args: wantArgs(0, ""),
	}
	cmd.RunE = func(*cobra.Command, []string) error {
		done := make(chan error, 1)
		go func() { done <- batch.Run(p.stdin, p.stdout) }() // a read of a terminal cannot be interrupted
		select {
		case err := <-done:
			if err != nil {
				return &exitError{codeMachine, fmt.Errorf("batch: %w", err)}
			}
			return nil
		case <-p.ctx.Done():
			return &exitError{codeInterrupted, errors.New("batch: interrupted")}
		}
	}
	return cmd
}
