/* timers: timers, and signals that carry something or are waited for. Prints what arrives. */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t hits;
static siginfo_t last;

static void handler(int sig, siginfo_t *info, void *context) {
  (void)sig, (void)context;
  last = *info;
  hits++;
}

static void posix(void) {
  timer_t t;
  struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 77};
  struct itimerspec once = {{0, 0}, {0, 20000000}};
  timer_create(CLOCK_MONOTONIC, &ev, &t);
  timer_settime(t, 0, &once, 0);
  while (!hits)
    pause();
  printf("timer: code %d value %d overrun %d\n", last.si_code, last.si_value.sival_int, last.si_overrun);
  timer_delete(t);
  hits = 0;
  timer_create(CLOCK_PROCESS_CPUTIME_ID, &ev, &t);
  timer_settime(t, 0, &once, 0);
  while (!hits)
    ;
  printf("time run: code %d\n", last.si_code);
  timer_delete(t);
  hits = 0;
  struct itimerval virtual = {{0, 0}, {0, 20000}};
  setitimer(ITIMER_VIRTUAL, &virtual, 0);
  while (!hits)
    ;
  printf("itimer: signal %d code %d\n", last.si_signo, last.si_code);
}

static void descriptors(void) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  uint64_t n = 0;
  printf("not set: %d\n", (int)read(fd, &n, 8));
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct itimerspec ticks = {{0, 200000000}, {now.tv_sec, now.tv_nsec + 100000000}};
  if (ticks.it_value.tv_nsec >= 1000000000) {
    ticks.it_value.tv_sec++;
    ticks.it_value.tv_nsec -= 1000000000;
  }
  timerfd_settime(fd, TFD_TIMER_ABSTIME, &ticks, 0);
  struct pollfd p = {fd, POLLIN, 0};
  printf("poll: %d %#x\n", poll(&p, 1, 5000), p.revents);
  struct timespec until = ticks.it_value;
  until.tv_sec += 1;
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0);
  read(fd, &n, 8);
  printf("ticks: %d\n", (int)n);
}

static void queued(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &set, 0);
  int fd = signalfd(-1, &set, 0);
  union sigval v = {.sival_int = 5};
  sigqueue(getpid(), SIGRTMIN + 1, v);
  kill(getpid(), SIGUSR2);
  struct signalfd_siginfo si;
  for (int i = 0; i < 3; i++) {
    if (i == 2 && fork() == 0)
      _exit(9);
    read(fd, &si, sizeof si);
    printf("signalfd: %d code %d value %d status %d\n", si.ssi_signo, si.ssi_code, si.ssi_int, si.ssi_status);
  }
  wait(0);
  v.sival_int = 8;
  sigqueue(getpid(), SIGRTMIN + 1, v);
  siginfo_t info;
  int sig = sigwaitinfo(&set, &info);
  printf("sigwaitinfo: %d code %d value %d\n", sig, info.si_code, info.si_value.sival_int);
  struct timespec soon = {0, 1000000};
  printf("sigtimedwait: %d\n", sigtimedwait(&set, &info, &soon));
}

static void pidfd(void) {
  pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  int fd = syscall(SYS_pidfd_open, child, 0);
  struct pollfd p = {fd, POLLIN, 0};
  printf("lives: %d\n", poll(&p, 1, 0));
  syscall(SYS_pidfd_send_signal, fd, SIGTERM, 0, 0);
  printf("dead: %d %#x\n", poll(&p, 1, -1), p.revents);
  siginfo_t info = {0};
  waitid(P_PIDFD, fd, &info, WEXITED);
  printf("waitid: code %d status %d, the child's %d\n", info.si_code, info.si_status, info.si_pid == child);
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGRTMIN, &sa, 0);
  sigaction(SIGVTALRM, &sa, 0);
  posix();
  descriptors();
  queued();
  pidfd();
  return 0;
}
