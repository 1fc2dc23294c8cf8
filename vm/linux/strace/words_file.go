package strace

//nolint:funlen // a table
func fileNames() fileWords {
	return fileWords{
		openFlags: []flag{
			{0o100, "O_CREAT"}, {0o200, "O_EXCL"}, {0o400, "O_NOCTTY"}, {0o1000, "O_TRUNC"},
			{0o2000, "O_APPEND"}, {0o4000, "O_NONBLOCK"}, {0o4010000, "O_SYNC"}, {0o10000, "O_DSYNC"},
			{0o20000, "O_ASYNC"}, {0o40000, "O_DIRECT"}, {0o100000, "O_LARGEFILE"},
			{0o400000, "O_NOFOLLOW"}, {0o1000000, "O_NOATIME"}, {0o2000000, "O_CLOEXEC"},
			{0o10000000, "O_PATH"}, {0o20200000, "O_TMPFILE"}, {0o200000, "O_DIRECTORY"},
		},
		atFlags: []flag{
			{0x100, "AT_SYMLINK_NOFOLLOW"}, {0x200, "AT_REMOVEDIR"}, {0x400, "AT_SYMLINK_FOLLOW"},
			{0x800, "AT_NO_AUTOMOUNT"}, {0x1000, "AT_EMPTY_PATH"}, {0x8000, "AT_RECURSIVE"},
		},
		accessFlags: []flag{
			{0x100, "AT_SYMLINK_NOFOLLOW"}, {0x200, "AT_EACCESS"}, {0x1000, "AT_EMPTY_PATH"},
		},
		statxMask: []flag{
			{0x17ff, "STATX_BASIC_STATS|STATX_MNT_ID"}, {0xfff, "STATX_ALL"}, {0x7ff, "STATX_BASIC_STATS"},
			{0x1, "STATX_TYPE"}, {0x2, "STATX_MODE"}, {0x4, "STATX_NLINK"}, {0x8, "STATX_UID"},
			{0x10, "STATX_GID"}, {0x20, "STATX_ATIME"}, {0x40, "STATX_MTIME"}, {0x80, "STATX_CTIME"},
			{0x100, "STATX_INO"}, {0x200, "STATX_SIZE"}, {0x400, "STATX_BLOCKS"}, {0x800, "STATX_BTIME"},
			{0x1000, "STATX_MNT_ID"}, {0x2000, "STATX_DIOALIGN"}, {0x4000, "STATX_MNT_ID_UNIQUE"},
		},
		access: []flag{
			{0x0, "F_OK"}, {0x4, "R_OK"}, {0x2, "W_OK"}, {0x1, "X_OK"},
		},
		whence: []flag{
			{0, "SEEK_SET"}, {1, "SEEK_CUR"}, {2, "SEEK_END"}, {3, "SEEK_DATA"}, {4, "SEEK_HOLE"},
		},
		fcntl: []flag{
			{0, "F_DUPFD"}, {1, "F_GETFD"}, {2, "F_SETFD"}, {3, "F_GETFL"}, {4, "F_SETFL"}, {5, "F_GETLK"},
			{6, "F_SETLK"}, {7, "F_SETLKW"}, {8, "F_SETOWN"}, {9, "F_GETOWN"}, {10, "F_SETSIG"},
			{11, "F_GETSIG"}, {12, "F_GETLK64"}, {13, "F_SETLK64"}, {14, "F_SETLKW64"},
			{15, "F_SETOWN_EX"}, {16, "F_GETOWN_EX"}, {36, "F_OFD_GETLK"}, {37, "F_OFD_SETLK"},
			{38, "F_OFD_SETLKW"}, {1024, "F_SETLEASE"}, {1025, "F_GETLEASE"}, {1026, "F_NOTIFY"},
			{1030, "F_DUPFD_CLOEXEC"}, {1031, "F_SETPIPE_SZ"}, {1032, "F_GETPIPE_SZ"},
			{1033, "F_ADD_SEALS"}, {1034, "F_GET_SEALS"},
		},
		lockTypes: []flag{
			{0, "F_RDLCK"}, {1, "F_WRLCK"}, {2, "F_UNLCK"},
		},
		flock: []flag{
			{0x4, "LOCK_NB"}, {0x1, "LOCK_SH"}, {0x2, "LOCK_EX"}, {0x8, "LOCK_UN"},
		},
		seals: []flag{
			{0x1, "F_SEAL_SEAL"}, {0x2, "F_SEAL_SHRINK"}, {0x4, "F_SEAL_GROW"}, {0x8, "F_SEAL_WRITE"},
			{0x10, "F_SEAL_FUTURE_WRITE"}, {0x20, "F_SEAL_EXEC"},
		},
		fadvise: []flag{
			{0, "POSIX_FADV_NORMAL"}, {1, "POSIX_FADV_RANDOM"}, {2, "POSIX_FADV_SEQUENTIAL"},
			{3, "POSIX_FADV_WILLNEED"}, {4, "POSIX_FADV_DONTNEED"}, {5, "POSIX_FADV_NOREUSE"},
		},
		fallocate: []flag{
			{0x1, "FALLOC_FL_KEEP_SIZE"}, {0x2, "FALLOC_FL_PUNCH_HOLE"}, {0x4, "FALLOC_FL_NO_HIDE_STALE"},
			{0x8, "FALLOC_FL_COLLAPSE_RANGE"}, {0x10, "FALLOC_FL_ZERO_RANGE"},
			{0x20, "FALLOC_FL_INSERT_RANGE"}, {0x40, "FALLOC_FL_UNSHARE_RANGE"},
		},
		rename: []flag{
			{0x1, "RENAME_NOREPLACE"}, {0x2, "RENAME_EXCHANGE"}, {0x4, "RENAME_WHITEOUT"},
		},
		closeRange: []flag{
			{0x2, "CLOSE_RANGE_UNSHARE"}, {0x4, "CLOSE_RANGE_CLOEXEC"},
		},
		rwf: []flag{
			{0x1, "RWF_HIPRI"}, {0x2, "RWF_DSYNC"}, {0x4, "RWF_SYNC"}, {0x8, "RWF_NOWAIT"},
			{0x10, "RWF_APPEND"},
		},
		syncRange: []flag{
			{0x1, "SYNC_FILE_RANGE_WAIT_BEFORE"}, {0x2, "SYNC_FILE_RANGE_WRITE"},
			{0x4, "SYNC_FILE_RANGE_WAIT_AFTER"},
		},
		xattr: []flag{
			{0x1, "XATTR_CREATE"}, {0x2, "XATTR_REPLACE"},
		},
		resolve: []flag{
			{0x1, "RESOLVE_NO_XDEV"}, {0x2, "RESOLVE_NO_MAGICLINKS"}, {0x4, "RESOLVE_NO_SYMLINKS"},
			{0x8, "RESOLVE_BENEATH"}, {0x10, "RESOLVE_IN_ROOT"}, {0x20, "RESOLVE_CACHED"},
		},
		poll: []flag{
			{0x1, "POLLIN"}, {0x2, "POLLPRI"}, {0x4, "POLLOUT"}, {0x40, "POLLRDNORM"},
			{0x80, "POLLRDBAND"}, {0x100, "POLLWRNORM"}, {0x200, "POLLWRBAND"}, {0x8, "POLLERR"},
			{0x10, "POLLHUP"}, {0x20, "POLLNVAL"}, {0x400, "POLLMSG"}, {0x1000, "POLLREMOVE"},
			{0x2000, "POLLRDHUP"},
		},
		epoll: []flag{
			{0x1, "EPOLLIN"}, {0x2, "EPOLLPRI"}, {0x4, "EPOLLOUT"}, {0x40, "EPOLLRDNORM"},
			{0x80, "EPOLLRDBAND"}, {0x100, "EPOLLWRNORM"}, {0x200, "EPOLLWRBAND"}, {0x400, "EPOLLMSG"},
			{0x8, "EPOLLERR"}, {0x10, "EPOLLHUP"}, {0x2000, "EPOLLRDHUP"}, {0x10000000, "EPOLLEXCLUSIVE"},
			{0x20000000, "EPOLLWAKEUP"}, {0x40000000, "EPOLLONESHOT"}, {0x80000000, "EPOLLET"},
		},
		epollOps: []flag{
			{1, "EPOLL_CTL_ADD"}, {2, "EPOLL_CTL_DEL"}, {3, "EPOLL_CTL_MOD"},
		},
		epollCreate: []flag{
			{0o2000000, "EPOLL_CLOEXEC"},
		},
		eventfd: []flag{
			{1, "EFD_SEMAPHORE"}, {0o4000, "EFD_NONBLOCK"}, {0o2000000, "EFD_CLOEXEC"},
		},
		timerfd: []flag{
			{0o4000, "TFD_NONBLOCK"}, {0o2000000, "TFD_CLOEXEC"},
		},
		timerfdSet: []flag{
			{0x1, "TFD_TIMER_ABSTIME"}, {0x2, "TFD_TIMER_CANCEL_ON_SET"},
		},
		signalfd: []flag{
			{0o4000, "SFD_NONBLOCK"}, {0o2000000, "SFD_CLOEXEC"},
		},
		inotify: []flag{
			{0o4000, "IN_NONBLOCK"}, {0o2000000, "IN_CLOEXEC"},
		},
		inotifyMask: []flag{
			{0x1, "IN_ACCESS"}, {0x2, "IN_MODIFY"}, {0x4, "IN_ATTRIB"}, {0x8, "IN_CLOSE_WRITE"},
			{0x10, "IN_CLOSE_NOWRITE"}, {0x20, "IN_OPEN"}, {0x40, "IN_MOVED_FROM"}, {0x80, "IN_MOVED_TO"},
			{0x100, "IN_CREATE"}, {0x200, "IN_DELETE"}, {0x400, "IN_DELETE_SELF"}, {0x800, "IN_MOVE_SELF"},
			{0x1000000, "IN_ONLYDIR"}, {0x80000000, "IN_ONESHOT"},
		},
		ioctls: []flag{
			{0x5401, "TCGETS"}, {0x5402, "TCSETS"}, {0x5403, "TCSETSW"}, {0x5404, "TCSETSF"},
			{0x540e, "TIOCSCTTY"}, {0x540f, "TIOCGPGRP"}, {0x5410, "TIOCSPGRP"}, {0x5413, "TIOCGWINSZ"},
			{0x5414, "TIOCSWINSZ"}, {0x541b, "FIONREAD"}, {0x5421, "FIONBIO"}, {0x5422, "TIOCNOTTY"},
			{0x5429, "TIOCGSID"}, {0x5450, "FIONCLEX"}, {0x5451, "FIOCLEX"}, {0x5452, "FIOASYNC"},
			{0x40049409, "BTRFS_IOC_CLONE or FICLONE"}, {0x80086601, "FS_IOC_GETFLAGS"},
			{0x40086602, "FS_IOC_SETFLAGS"}, {0x80045430, "TIOCGPTN"}, {0x1272, "BLKGETSIZE64"},
		},
		fsTypes: []flag{
			{0xef53, "EXT2_SUPER_MAGIC"}, {0x9fa0, "PROC_SUPER_MAGIC"}, {0x62656572, "SYSFS_MAGIC"},
			{0x1021994, "TMPFS_MAGIC"}, {0x794c7630, "OVERLAYFS_SUPER_MAGIC"},
			{0x1cd1, "DEVPTS_SUPER_MAGIC"}, {0x9123683e, "BTRFS_SUPER_MAGIC"},
			{0x58465342, "XFS_SUPER_MAGIC"}, {0x50495045, "PIPEFS_MAGIC"},
		},
		statfsFlags: []flag{
			{0x20, "ST_VALID"}, {0x1, "ST_RDONLY"}, {0x2, "ST_NOSUID"}, {0x4, "ST_NODEV"},
			{0x8, "ST_NOEXEC"}, {0x10, "ST_SYNCHRONOUS"}, {0x40, "ST_MANDLOCK"}, {0x400, "ST_NOATIME"},
			{0x800, "ST_NODIRATIME"}, {0x1000, "ST_RELATIME"},
		},
	}
}
