/* jobs: what a shell with job control does: groups, stopping and continuing, and what the parent is told of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t got;

static void handler(int sig, siginfo_t *info, void *context) {
  (void)sig, (void)context;
  got = info->si_code;
}

static void told(const char *what, pid_t child, int options) {
  int st = 0;
  pid_t p = waitpid(child, &st, options);
  for (int i = 0; i < 50 && p > 0 && !got; i++)
    usleep(2000); /* the news may be there before the signal is */
  if (child < 0)
    got = 0; /* one signal may stand for several ends */
  printf("%s: %s status %#x, SIGCHLD %d\n", what, p > 0 ? "news" : p == 0 ? "none" : strerror(errno), st, got);
  got = 0;
}

static pid_t member(pid_t group) {
  pid_t p = fork();
  if (p == 0) {
    signal(SIGCHLD, SIG_DFL);
    for (;;)
      pause();
  }
  setpgid(p, group ? group : p);
  return p;
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGCHLD, &sa, 0);
  pid_t a = member(0), b = member(a);
  printf("one group: %d, the session's: %d\n", getpgid(a) == getpgid(b), getsid(a) == getsid(0));
  told("running", a, WNOHANG | WUNTRACED | WCONTINUED);
  kill(a, SIGSTOP);
  told("stopped", a, WUNTRACED);
  told("only once", a, WNOHANG | WUNTRACED);
  kill(a, SIGTERM);
  told("a stopped one sleeps on", a, WNOHANG);
  kill(a, SIGCONT);
  int st;
  waitpid(a, &st, 0);
  printf("continued, it dies: status %#x\n", st);
  got = 0;
  kill(b, SIGSTOP);
  told("stopped", b, WUNTRACED);
  kill(b, SIGCONT);
  told("continued", b, WCONTINUED);
  printf("its leader is gone: %d\n", getpgid(b) == a);
  pid_t c = member(a);
  printf("kill the group: %d\n", kill(-a, SIGKILL));
  told("killed", -a, 0);
  told("killed", -a, 0);
  told("nobody left", -a, 0);
  printf("kill nobody: %d %s\n", kill(-a, 0), strerror(errno));
  printf("a group that is not there: %d %s\n", setpgid(0, c), strerror(errno));
  sa.sa_flags |= SA_NOCLDSTOP;
  sigaction(SIGCHLD, &sa, 0);
  c = member(0);
  kill(c, SIGSTOP);
  told("stopped in silence", c, WUNTRACED);
  kill(c, SIGKILL);
  told("killed while stopped", c, 0);
  signal(SIGCHLD, SIG_IGN);
  c = member(0);
  kill(c, SIGKILL);
  told("forgotten", c, 0);
  return 0;
}
