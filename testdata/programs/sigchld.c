// sigchld: what a parent learns of its children: SIGCHLD with its siginfo, stops and continues, waitid, orphans,
// interrupted calls, groups, and a program put in the place of another.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t count, code, value;
static volatile pid_t from;

static void on_child(int sig, siginfo_t *i, void *u) {
	(void)sig, (void)u;
	count++;
	code = i->si_code, value = i->si_status, from = i->si_pid;
}

static void on_alarm(int sig) { (void)sig; }

static void handle(int sig, void *f, int flags) {
	struct sigaction a = {.sa_flags = flags | SA_SIGINFO};
	a.sa_sigaction = f;
	sigaction(sig, &a, NULL);
}

static pid_t child(int what) {
	pid_t pid = fork();
	if (pid)
		return pid;
	switch (what) {
	case 0: _exit(7);
	case 1: raise(SIGKILL); break;
	case 2: raise(SIGSTOP); pause(); break;
	case 3: pause(); break;
	case 4: usleep(300000); kill(getppid(), SIGUSR1); usleep(100000); _exit(6);
	}
	_exit(1);
}

int main(int argc, char **argv) {
	if (argc > 1) {
		printf("again: %s, usr1 %s, usr2 %s\n", argv[1],
			signal(SIGUSR1, SIG_DFL) == SIG_DFL ? "default" : "kept", signal(SIGUSR2, SIG_DFL) == SIG_IGN ? "ignored" : "lost");
		return 11;
	}
	int status;
	siginfo_t info;
	handle(SIGCHLD, on_child, SA_RESTART);
	pid_t pid = child(0);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	printf("waitid %d %d %d, handler %d %d %d\n", info.si_pid == pid, info.si_code, info.si_status, (int)code, (int)value, from == pid);
	int r = waitpid(-1, &status, 0);
	printf("wait %d %#x\n", r == pid, status);
	r = waitpid(-1, &status, 0);
	printf("none %d %d\n", r, errno == ECHILD);
	pid = child(1);
	waitpid(pid, &status, 0);
	printf("killed %#x, handler %d %d\n", status, (int)code, (int)value);

	pid = child(2);
	waitpid(pid, &status, WUNTRACED);
	printf("stopped %#x, handler %d %d\n", status, (int)code, (int)value);
	printf("nothing new %d\n", waitpid(pid, &status, WNOHANG | WUNTRACED));
	kill(pid, SIGCONT);
	waitpid(pid, &status, WCONTINUED);
	printf("continued %#x\n", status);
	kill(pid, SIGUSR2);
	waitpid(pid, &status, 0);
	printf("ended %#x\n", status);

	pid = child(3);
	setpgid(pid, pid);
	printf("group %d\n", getpgid(pid) == pid);
	kill(-pid, SIGTERM);
	r = waitpid(-pid, &status, 0);
	printf("by group %d %#x\n", r == pid, status);

	handle(SIGUSR1, on_alarm, 0); // without SA_RESTART: the wait ends
	pid = child(4);
	r = waitpid(pid, &status, 0);
	printf("interrupted %d %d\n", r, errno == EINTR);
	waitpid(pid, &status, 0);
	handle(SIGUSR1, on_alarm, SA_RESTART);
	pid = child(4);
	r = waitpid(pid, &status, 0);
	printf("restarted %d %#x\n", r == pid, status);

	signal(SIGCHLD, SIG_IGN);
	child(0);
	r = wait(NULL);
	printf("ignored %d %d\n", r, errno == ECHILD);
	signal(SIGCHLD, SIG_DFL);

	int p[2];
	pipe(p);
	signal(SIGUSR2, SIG_IGN);
	fflush(stdout);
	pid = vfork();
	if (pid == 0) {
		dup2(p[1], 1);
		execl("/proc/self/exe", argv[0], "new", (char *)NULL);
		_exit(127);
	}
	close(p[1]);
	char b[200];
	ssize_t n = read(p[0], b, sizeof b);
	waitpid(pid, &status, 0);
	printf("%.*sexec %#x\n", (int)n, b, status);
	execl("/missing", "missing", (char *)NULL);
	printf("%s\n", strerror(errno));
	return 0;
}
