package area

import "strconv"

// Errno is a Linux error number, positive.
//
//nolint:errname // its name in the manual pages
type Errno int

// The errors of the calls that change an address space (asm-generic/errno-base.h, errno.h).
const (
	EPERM      Errno = 1
	EIO        Errno = 5
	EBADF      Errno = 9
	EAGAIN     Errno = 11
	ENOMEM     Errno = 12
	EACCES     Errno = 13
	EFAULT     Errno = 14
	EBUSY      Errno = 16
	EEXIST     Errno = 17
	ENODEV     Errno = 19
	EINVAL     Errno = 22
	EOVERFLOW  Errno = 75
	EOPNOTSUPP Errno = 95
)

// String is the error's name: "EINVAL".
func (e Errno) String() string {
	switch e {
	case EPERM:
		return "EPERM"
	case EIO:
		return "EIO"
	case EBADF:
		return "EBADF"
	case EAGAIN:
		return "EAGAIN"
	case EBUSY:
		return "EBUSY"
	case ENOMEM:
		return "ENOMEM"
	case EACCES:
		return "EACCES"
	case EFAULT:
		return "EFAULT"
	case EEXIST:
		return "EEXIST"
	case ENODEV:
		return "ENODEV"
	case EINVAL:
		return "EINVAL"
	case EOVERFLOW:
		return "EOVERFLOW"
	case EOPNOTSUPP:
		return "EOPNOTSUPP"
	}
	return "errno " + strconv.Itoa(int(e))
}

// Error is the error's name.
func (e Errno) Error() string { return e.String() }
