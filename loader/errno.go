package loader

import (
	"strconv"
	"strings"
)

// Errno is a Linux error number; execve fails with one before the point of no return.
type Errno int //nolint:errname // Linux calls it so

// The error numbers that execve and its mappings give, with Linux's values.
const (
	EPERM        Errno = 1
	ENOENT       Errno = 2
	EIO          Errno = 5
	E2BIG        Errno = 7
	ENOEXEC      Errno = 8
	ENOMEM       Errno = 12
	EACCES       Errno = 13
	EFAULT       Errno = 14
	EEXIST       Errno = 17
	ENOTDIR      Errno = 20
	EINVAL       Errno = 22
	ETXTBSY      Errno = 26
	ENAMETOOLONG Errno = 36
	ELOOP        Errno = 40
	EOVERFLOW    Errno = 75
	ELIBBAD      Errno = 80
)

// Error is the name: "ENOEXEC".
func (e Errno) Error() string {
	switch e {
	case EPERM:
		return "EPERM"
	case ENOENT:
		return "ENOENT"
	case EIO:
		return "EIO"
	case E2BIG:
		return "E2BIG"
	case ENOEXEC:
		return "ENOEXEC"
	case ENOMEM:
		return "ENOMEM"
	case EACCES:
		return "EACCES"
	case EFAULT:
		return "EFAULT"
	case EEXIST:
		return "EEXIST"
	case ENOTDIR:
		return "ENOTDIR"
	case EINVAL:
		return "EINVAL"
	case ETXTBSY:
		return "ETXTBSY"
	case ENAMETOOLONG:
		return "ENAMETOOLONG"
	case ELOOP:
		return "ELOOP"
	case EOVERFLOW:
		return "EOVERFLOW"
	case ELIBBAD:
		return "ELIBBAD"
	}
	return "errno " + strconv.Itoa(int(e))
}

// errnos are the error numbers above, in order.
func errnos() []Errno {
	return []Errno{
		EPERM, ENOENT, EIO, E2BIG, ENOEXEC, ENOMEM, EACCES, EFAULT, EEXIST, ENOTDIR, EINVAL, ETXTBSY,
		ENAMETOOLONG, ELOOP, EOVERFLOW, ELIBBAD,
	}
}

// ErrnoByName finds an error number of execve's by its name.
func ErrnoByName(name string) (Errno, bool) {
	for _, no := range errnos() {
		if no.Error() == name {
			return no, true
		}
	}
	return 0, false
}

// ErrnoNames are the names that ErrnoByName knows, in the order of the numbers.
func ErrnoNames() string {
	var names []string
	for _, no := range errnos() {
		names = append(names, no.Error())
	}
	return strings.Join(names, ", ")
}
