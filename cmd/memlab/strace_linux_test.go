package main

import "syscall"

// ownGroup lets a program that signals its group reach nobody else.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
