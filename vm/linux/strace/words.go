package strace

// words are the names of constants, from the kernel's headers (include/uapi), in the order in which strace
// writes those that can stand together.
type words struct {
	fileWords
	memoryWords
	processWords
	socketWords
}

type fileWords struct {
	openFlags, atFlags, accessFlags, statxMask, access, whence, fcntl, lockTypes, flock []flag
	seals, fadvise, fallocate, rename, closeRange, rwf, syncRange, xattr, resolve, poll []flag
	epoll, epollOps, epollCreate, eventfd, timerfd, timerfdSet, signalfd, inotify       []flag
	inotifyMask, ioctls, fsTypes, statfsFlags                                           []flag
}

type memoryWords struct {
	prot, mapFlags, mapTypes, advice, mremap, msync, mlock, memfd, membarrier, mpol []flag
}

type processWords struct {
	clone, waitOptions, idTypes, archPrctl, prctl, futex, limits, usage, priority, scheduler []flag
	saFlags, maskOps, stackFlags, clocks, timerFlags, itimers, random, rseq, seccomp         []flag
}

type socketWords struct {
	families, socketTypes, socketFlags, protocols, msgFlags, levels, options, shutdown []flag
}

func newWords() words {
	return words{fileNames(), memoryNames(), processNames(), socketNames()}
}
