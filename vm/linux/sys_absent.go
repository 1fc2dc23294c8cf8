package linux

import (
	"strings"

	"memlab/vm/linux/errno"
)

// absent are calls that a Linux kernel may be built without (the COND_SYSCALL lines of kernel/sys_ni.c), by
// the option that brings them. memlab's is.
const absent = `
CONFIG_IO_URING: io_uring_setup io_uring_enter io_uring_register
CONFIG_AIO: io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents
CONFIG_BPF_SYSCALL: bpf
CONFIG_PERF_EVENTS: perf_event_open
CONFIG_USERFAULTFD: userfaultfd
CONFIG_SECCOMP: seccomp
CONFIG_KEYS: add_key request_key keyctl
CONFIG_KEXEC: kexec_load kexec_file_load
CONFIG_FANOTIFY: fanotify_init fanotify_mark
CONFIG_QUOTA: quotactl quotactl_fd
CONFIG_FHANDLE: name_to_handle_at open_by_handle_at
CONFIG_SECRETMEM: memfd_secret
CONFIG_KCMP: kcmp
CONFIG_SECURITY_LANDLOCK: landlock_create_ruleset landlock_add_rule landlock_restrict_self
CONFIG_SECURITY: lsm_get_self_attr lsm_set_self_attr lsm_list_modules
CONFIG_NUMA: mbind set_mempolicy get_mempolicy migrate_pages move_pages set_mempolicy_home_node
CONFIG_ARCH_HAS_PKEYS: pkey_mprotect pkey_alloc pkey_free
CONFIG_X86_USER_SHADOW_STACK: map_shadow_stack
CONFIG_BSD_PROCESS_ACCT: acct
CONFIG_RSEQ: rseq
`

// absentCalls answer ENOSYS: programs know what to do then, so nothing of them is missing.
func absentCalls() handlers {
	all := make(handlers)
	for line := range strings.Lines(absent) {
		_, names, _ := strings.Cut(line, ":")
		for name := range strings.FieldsSeq(names) {
			entry := all[name]
			entry.nargs, entry.fn = 6, func(*call) (uint64, errno.Errno) { return 0, errno.ENOSYS }
			all[name] = entry
		}
	}
	return all
}
