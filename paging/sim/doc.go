// Package sim simulates page replacement without a program: reference strings in, faults and evictions out.
package sim
