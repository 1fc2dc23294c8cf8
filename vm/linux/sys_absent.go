package linux

import "memlab/vm/linux/errno"

// absentCalls are calls that a Linux kernel may be built without (the COND_SYSCALL lines of kernel/sys_ni.c),
// and memlab's is: they answer ENOSYS, programs know what to do then, and nothing of them is missing.
func absentCalls() handlers {
	all := make(handlers)
	for _, name := range []string{
		"io_uring_setup", "io_uring_enter", "io_uring_register", // CONFIG_IO_URING
		"io_setup", "io_destroy", "io_submit", "io_cancel", "io_getevents", "io_pgetevents", // CONFIG_AIO
		"bpf",                              // CONFIG_BPF_SYSCALL
		"perf_event_open",                  // CONFIG_PERF_EVENTS
		"userfaultfd",                      // CONFIG_USERFAULTFD
		"seccomp",                          // CONFIG_SECCOMP
		"add_key", "request_key", "keyctl", // CONFIG_KEYS
		"kexec_load", "kexec_file_load", // CONFIG_KEXEC
		"fanotify_init", "fanotify_mark", // CONFIG_FANOTIFY
		"quotactl", "quotactl_fd", // CONFIG_QUOTA
		"name_to_handle_at", "open_by_handle_at", // CONFIG_FHANDLE
		"memfd_secret",                                                           // CONFIG_SECRETMEM
		"kcmp",                                                                   // CONFIG_KCMP
		"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", // CONFIG_SECURITY_LANDLOCK
		"lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", // CONFIG_SECURITY
		"mbind", "set_mempolicy", "get_mempolicy", "migrate_pages", "move_pages", // CONFIG_NUMA
		"set_mempolicy_home_node",
		"pkey_mprotect", "pkey_alloc", "pkey_free", // CONFIG_ARCH_HAS_PKEYS
		"map_shadow_stack", // CONFIG_X86_USER_SHADOW_STACK
		"acct",             // CONFIG_BSD_PROCESS_ACCT
		"rseq",             // CONFIG_RSEQ
	} {
		entry := all[name]
		entry.nargs, entry.fn = 6, func(*call) (uint64, errno.Errno) { return 0, errno.ENOSYS }
		all[name] = entry
	}
	return all
}
