package loader

// ruleTable has the rules' names, the kernel functions in which they stand, and their sentences.
//
//nolint:gochecknoglobals,goconst // a constant table, whose columns repeat themselves
var ruleTable = [...]ruleRow{
	NoRule: {},

	RulePath: {
		"path", "do_open_execat",
		"the path names a regular file that may be executed and that nobody has open for writing",
	},
	RuleStrings: {
		"strings", "bprm_stack_limits",
		"strings and their pointers have a quarter of the stack limit: at least 128 KiB, at most 6 MiB",
	},
	RuleString: {
		"string", "copy_strings",
		"one string with its NUL has at most 128 KiB (MAX_ARG_STRLEN)",
	},
	RulePointers: {
		"pointers", "bprm_stack_limits",
		"the pointers alone must leave room for strings",
	},
	RuleStack: {
		"stack-limit", "acct_arg_size",
		"the strings' pages are a stack already and obey RLIMIT_STACK",
	},
	RuleNoArgs: {
		"argc-0", "do_execveat_common",
		"without arguments one empty string is added (since 5.18)",
	},
	RuleNoOpen: {
		"open", "do_open_execat",
		"what is executed is opened as execve opens: its errno is the result",
	},
	RuleHead: {
		"head", "prepare_binprm",
		"the first 256 bytes are read into a buffer of zeros",
	},
	RuleAsked: {
		"not-mine", "search_binary_handler",
		"a format that does not know the file says ENOEXEC and the next one is asked",
	},
	RuleTaken: {
		"taken", "search_binary_handler",
		"the first format that knows the file takes it",
	},
	RuleAnswer: {
		"answer", "search_binary_handler",
		"a format's errno other than ENOEXEC ends the search",
	},
	RuleDepth: {
		"depth", "exec_binprm",
		"the search runs six times at most: five interpreters before a program",
	},
	RuleExecFD: {
		"execfd", "exec_binprm",
		"only one file can be passed open to an interpreter",
	},

	RuleScriptMagic: {
		"script-magic", "load_script",
		"a script begins with the two bytes #!",
	},
	RuleScriptLine: {
		"script-line", "load_script",
		"the line must name an interpreter and end in the 256 bytes read",
	},
	RuleScript: {
		"script", "load_script",
		"argv becomes interpreter, rest of the line as one argument, script's path, old argv[1..]",
	},
	RuleInterpPath: {
		"interp-path", "do_open_execat",
		"an interpreter's path is neither empty nor PATH_MAX long",
	},

	RuleMagic: {
		"magic", "load_elf_binary",
		"an ELF file begins with 7f 45 4c 46",
	},
	RuleMachine: {
		"machine", "elf_check_arch",
		"e_machine alone decides: 62 is x86-64, 3 and 6 are i386",
	},
	RuleType: {
		"type", "load_elf_binary",
		"e_type is 2 (EXEC) or 3 (DYN)",
	},
	RulePhEntSize: {
		"phentsize", "load_elf_phdrs",
		"e_phentsize is that of the class exactly: 56 or 32",
	},
	RulePhNum: {
		"phnum", "load_elf_phdrs",
		"there is a program header, and the table has its limit in bytes",
	},
	RulePhTable: {
		"phdrs", "load_elf_phdrs",
		"the whole table of program headers can be read at e_phoff",
	},
	RuleHeader: {
		"header", "load_elf_binary",
		"the ELF header and its program headers are accepted",
	},
	RuleOwn: {
		"own-image", "load_binary",
		"a format of its own: it says which bytes go where, and the entry",
	},
	RuleInterpSize: {
		"interp-size", "load_elf_binary",
		"the first PT_INTERP counts; its name has 2 to 4096 bytes",
	},
	RuleInterpOffset: {
		"interp-offset", "elf_read",
		"PT_INTERP's offset is that of a file: below 2^63",
	},
	RuleInterpBytes: {
		"interp-bytes", "elf_read",
		"PT_INTERP's name can be read whole",
	},
	RuleInterpNUL: {
		"interp-nul", "load_elf_binary",
		"PT_INTERP's last byte is NUL",
	},
	RuleInterpHead: {
		"interp-head", "elf_read",
		"the interpreter's ELF header can be read",
	},
	RuleInterpELF: {
		"interp-elf", "load_elf_binary",
		"the interpreter is an ELF file of the program's machine",
	},
	RuleInterpHeader: {
		"interp-header", "load_elf_phdrs",
		"the interpreter's program headers are accepted",
	},
	RuleRoom: {
		"room", "exec_mmap",
		"on a machine without pages the program must fit into memory as a whole",
	},

	RuleCommit: {
		"no-return", "begin_new_exec",
		"the point of no return: the old memory is gone, a failure from here on is SIGSEGV",
	},

	RuleStackNX: {
		"stack-nx", "setup_arg_pages",
		"the last PT_GNU_STACK has no X: the stack is rw",
	},
	RuleStackX: {
		"stack-x", "setup_arg_pages",
		"the last PT_GNU_STACK has X: the stack is rwx",
	},
	RuleStackDefault: {
		"stack-default", "setup_arg_pages",
		"no PT_GNU_STACK: the stack has x if READ_IMPLIES_EXEC is set",
	},
	RuleStackStrings: {
		"stack-strings", "setup_arg_pages",
		"the strings' pages end at the stack's top; 128 KiB more lie below",
	},

	RuleExecBase: {
		"exec-base", "load_elf_binary",
		"ET_EXEC: no bias, every p_vaddr is an address",
	},
	RulePIEBase: {
		"pie-base", "load_elf_binary",
		"PIE: the first p_vaddr's page goes to ELF_ET_DYN_BASE, two thirds up",
	},
	RulePIEAlign: {
		"pie-align", "load_elf_binary",
		"PIE: ELF_ET_DYN_BASE rounded down to the largest p_align",
	},
	RuleStaticPIE: {
		"static-pie", "elf_load",
		"ET_DYN without interpreter: where mmap finds room for the whole image",
	},
	RuleStaticPIEAlign: {
		"static-pie-align", "load_elf_binary",
		"ET_DYN without interpreter: the room that mmap finds, rounded down to the largest p_align",
	},
	RuleStaticPIEBSS: {
		"static-pie-bss", "elf_load",
		"the first PT_LOAD has no file part, so no room is searched: it goes to 0",
	},
	RuleInterpBase: {
		"interp-search", "load_elf_interp",
		"the interpreter goes where mmap finds room for all of it",
	},
	RuleInterpHint: {
		"interp-hint", "load_elf_interp",
		"as the program has no bias the interpreter's own p_vaddr is the hint",
	},
	RuleInterpFixed: {
		"interp-exec", "load_elf_interp",
		"an ET_EXEC interpreter goes to its addresses and replaces what is there",
	},
	RuleHuge: {
		"2-mib", "thp_get_unmapped_area",
		"2 MiB rule: a file mapping that holds a whole 2 MiB range is placed for it",
	},
	RuleRandom: {
		"random", "arch_mmap_rnd",
		"address space randomisation adds pages",
	},
	RuleTotal: {
		"total-size", "total_mapping_size",
		"an ET_DYN image must have a size",
	},
	RuleGiveBack: {
		"give-back", "elf_load",
		"room reserved beyond the first segment is given back at once",
	},

	RuleFirstNoReplace: {
		"first-noreplace", "elf_load",
		"the first PT_LOAD: MAP_FIXED_NOREPLACE, it must overlap nothing",
	},
	RuleFirstFixed: {
		"first-fixed", "elf_map",
		"the first PT_LOAD: MAP_FIXED, it replaces what is there (before 5.19)",
	},
	RuleFirstFree: {
		"first-free", "elf_load",
		"the first PT_LOAD: mapped where there is room for the whole image",
	},
	RuleLaterFixed: {
		"later-fixed", "elf_load",
		"a later PT_LOAD: MAP_FIXED, it replaces what is there, in the file's order",
	},
	RuleNoFile: {
		"no-file", "elf_load",
		"p_filesz is 0: nothing of the file is mapped",
	},
	RuleNeighbours: {
		"whole-pages", "elf_load",
		"whole pages are mapped: the file's bytes beside the segment are visible",
	},
	RulePastEOF: {
		"past-eof", "filemap_fault",
		"pages behind the end of the file are mapped, a touch is SIGBUS",
	},
	RuleReadExec: {
		"read-exec", "do_mmap",
		"READ_IMPLIES_EXEC: what can be read can be executed",
	},
	RuleCongruent: {
		"congruent", "elf_load",
		"p_offset and p_vaddr are congruent modulo 4096",
	},
	RuleFileRange: {
		"file-range", "do_mmap",
		"p_offset and p_filesz stay below 2^63",
	},
	RuleFileSize: {
		"sizes", "load_elf_binary",
		"p_filesz is not above p_memsz",
	},
	RuleBelowTask: {
		"task-size", "load_elf_binary",
		"a segment ends below TASK_SIZE",
	},

	RuleTail: {
		"bss-tail", "padzero",
		"zeros from the end of the file's bytes to the end of their page",
	},
	RuleTailKept: {
		"bss-tail-kept", "padzero",
		"the segment is not writable, so its tail keeps the file's bytes",
	},
	RuleTailFault: {
		"bss-tail-fault", "padzero",
		"the tail of a writable segment must be there to be cleared",
	},
	RuleBSS: {
		"bss-anon", "vm_brk_flags",
		"the whole pages behind are anonymous and rw, even for a read-only segment",
	},
	RuleBSSExec: {
		"bss-anon-exec", "vm_brk_flags",
		"the whole pages behind are anonymous and rwx: the segment has x",
	},
	RuleBSSProgram: {
		"bss-program", "set_brk",
		"one bss for the whole image, behind its last file byte (before 6.7)",
	},

	RuleInterpType: {
		"interp-type", "load_elf_interp",
		"an interpreter is EXEC or DYN and has segments",
	},
	RuleBaseIsBias: {
		"at-base", "load_elf_interp",
		"AT_BASE is the interpreter's bias; 0 of an ET_EXEC",
	},
	RuleEntry: {
		"entry", "load_elf_binary",
		"the entry lies below TASK_SIZE",
	},

	RuleVdso: {
		"vdso", "map_vdso",
		"one block where mmap finds room after everything else: vvar first, code last",
	},
	RuleVdsoStack: {
		"vdso-stack", "vdso_addr",
		"with randomisation the vdso lies above the stack (up to 6.1)",
	},
	RulePageZero: {
		"page-zero", "load_elf_binary",
		"MMAP_PAGE_ZERO: page 0 is mapped r-x at the very end",
	},
	RulePageZeroRefused: {
		"page-zero-refused", "load_elf_binary",
		"MMAP_PAGE_ZERO is refused to the unprivileged",
	},

	RuleTables: {
		"tables", "create_elf_tables",
		"platform, 16 random bytes, auxv, envp, argv, argc: downwards, sp a multiple of 16",
	},
	RuleArgsGone: {
		"args-gone", "create_elf_tables",
		"the strings must still be there: a segment may replace them",
	},
	RuleBrk: {
		"brk-bss", "load_elf_binary",
		"the heap begins behind the highest p_vaddr + p_memsz, a page's start",
	},
	RuleBrkBase: {
		"brk-base", "load_elf_binary",
		"a static PIE lies among the mappings: its heap begins at ELF_ET_DYN_BASE",
	},
	RuleBrkRandom: {
		"brk-random", "arch_randomize_brk",
		"randomisation moves the heap up by whole pages",
	},
	RuleRegs: {
		"registers", "start_thread",
		"instruction and stack pointer are set, all others are zero",
	},
	RuleStartInterp: {
		"start-interp", "load_elf_binary",
		"the first instruction is the interpreter's",
	},
	RuleStartProgram: {
		"start-program", "load_elf_binary",
		"without an interpreter it begins at e_entry",
	},
}
