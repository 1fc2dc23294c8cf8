package area

// How areas come into and leave the slice. An address space fills from both ends, the heap upwards and
// mappings downwards, so the shorter side moves: room is kept before the first area as well as behind the
// last.

// insertAt puts a before area i.
func (l *List) insertAt(i int, a Area) {
	n := len(l.areas)
	if i < n-i {
		if l.front == 0 {
			l.regrow()
		}
		l.front--
		l.areas = l.buffer[l.front : l.front+n+1]
		copy(l.areas[:i], l.areas[1:i+1])
		l.areas[i] = a
		return
	}
	if l.front+n == len(l.buffer) {
		l.regrow()
	}
	l.areas = l.buffer[l.front : l.front+n+1]
	copy(l.areas[i+1:], l.areas[i:n])
	l.areas[i] = a
}

// deleteAt takes the areas [i, j) out.
func (l *List) deleteAt(i, j int) {
	n, gone := len(l.areas), j-i
	if i < n-j {
		copy(l.areas[gone:j], l.areas[:i])
		clear(l.areas[:gone]) // files and objects must not be kept alive
		l.front += gone
		l.areas = l.areas[gone:]
		return
	}
	copy(l.areas[i:], l.areas[j:])
	clear(l.areas[n-gone:])
	l.areas = l.areas[:n-gone]
}

// regrow moves the areas into the middle of a slice of twice their number.
func (l *List) regrow() {
	n := len(l.areas)
	buffer := make([]Area, 2*n+16)
	l.front = (len(buffer) - n) / 2
	copy(buffer[l.front:], l.areas)
	l.buffer, l.areas = buffer, buffer[l.front:l.front+n]
}
