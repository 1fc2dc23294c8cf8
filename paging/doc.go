// Package paging is memory itself: address spaces, the MMU that translates accesses, and the pager that
// resolves page faults by bringing pages in and putting others out.
package paging
