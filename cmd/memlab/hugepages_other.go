//go:build !linux

package main

// hugePages does nothing: other kernels decide by themselves.
func hugePages([]byte) {}
