package area

// A File may be more than bytes to read. What it is beyond that it says by the methods below, each of which
// is optional.

// Identified is a File that may be one of several open files of the same file: those have equal identities,
// and shared mappings of them show the same bytes. Identities are comparable. A File without one is a file
// of its own.
type Identified interface{ Identity() any }

// Numbered is a File that stat(2) knows: its device, with major and minor number as st_dev has them, and its
// inode.
type Numbered interface{ Numbers() (dev, ino uint64) }

// Held is a File whose bytes may go when nobody uses it (one that has been unlinked and closed). Hold comes
// when the first area shows the file, Close when none does any more.
type Held interface {
	Hold()
	Close()
}

// Writable is a File that takes back what shared mappings have written.
type Writable interface {
	// Reserve makes room for n bytes at off, so that WriteBack cannot fail for want of it. It comes before
	// the first write through a mapping to each page (Linux: page_mkwrite).
	Reserve(off, n int64) error

	// WriteBack puts b at off. [off, off+len(b)) lies within the file and has been reserved.
	WriteBack(b []byte, off int64) error
}

// Holed is a File that can make zeros of n bytes at off, without keeping room for them (MADV_REMOVE).
type Holed interface{ Punch(off, n int64) error }

// Backing is what the bytes of a shared area, and of a private one before they are written to, belong to:
// the identity of its file, or its object. It is nil for private anonymous memory.
func (a *Area) Backing() any {
	switch {
	case a.Object != nil:
		return a.Object
	case a.File == nil:
		return nil
	}
	if f, ok := a.File.(Identified); ok {
		return f.Identity()
	}
	return a.File
}
