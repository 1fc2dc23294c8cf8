package main

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"memlab/lab"
	"memlab/lab/script"
)

func TestVerdict(t *testing.T) {
	tests := func(all ...script.Status) *script.Report {
		r := &script.Report{Passed: true}
		for _, s := range all {
			r.Tests = append(r.Tests, script.TestResult{Status: s})
			r.Passed = r.Passed && (s == script.Passed || s == script.Pending)
		}
		return r
	}
	for _, tt := range []struct {
		name   string
		report *script.Report
		err    error
		code   int
		stderr string
	}{
		{"no tests", tests(), nil, 0, ""},
		{"passed and pending", tests(script.Passed, script.Pending), nil, 0, ""},
		{"failed", tests(script.Passed, script.Failed), nil, 1, ""},
		{"error in a test", tests(script.Failed, script.Errored), nil, 3, ""},
		{
			"assertion outside of tests", &script.Report{Failure: &script.TestResult{Status: script.Failed}},
			&script.Error{File: "a.lua", Line: 3, Message: "no"}, 1, "",
		},
		{
			"script error", tests(script.Passed), &script.Error{File: "a.lua", Line: 3, Message: "no\nway", Traceback: "one\ntwo"}, 3,
			"memlab: a.lua:3: no way\n  one\n  two\n",
		},
		{"limit", tests(), &script.LimitError{Kind: "time", File: "a.lua", Used: "2s", Allowed: "1s"}, 4, "memlab: a.lua: limit: time: used 2s, allowed 1s\n"},
		{"another error", nil, errors.New("broken"), 3, "memlab: broken\n"},
	} {
		var stderr bytes.Buffer
		p := &process{stderr: &stderr, ctx: t.Context()}
		code := p.finish(nil, p.verdict(tt.report, tt.err))
		if code != tt.code || stderr.String() != tt.stderr {
			t.Errorf("%s: %d %q; want %d %q", tt.name, code, stderr.String(), tt.code, tt.stderr)
		}
	}
}

func TestVerdictInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr bytes.Buffer
	p := &process{stderr: &stderr, ctx: ctx}
	code := p.finish(nil, p.verdict(nil, &script.LimitError{Kind: "time"}))
	if code != 130 || stderr.String() != "memlab: run: interrupted\n" {
		t.Errorf("%d %q", code, stderr.String())
	}
}

func TestExpiry(t *testing.T) {
	now := time.Unix(100, 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &process{now: func() time.Time { return now }, ctx: ctx}
	bounded, free := p.expiry(lab.Limits{Time: 5 * time.Second}), p.expiry(lab.Limits{})
	now = now.Add(5 * time.Second)
	if bounded() || free() {
		t.Error("over too early")
	}
	now = now.Add(1)
	if !bounded() || free() {
		t.Error("not over, or over without a limit")
	}
	cancel()
	if !free() {
		t.Error("an interrupt does not end it")
	}
}
