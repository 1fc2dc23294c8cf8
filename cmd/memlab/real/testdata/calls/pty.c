/* Pseudo-terminals: opening, the line discipline, window sizes, sessions, job control, hanging up. */
#include "say.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int m, s;

static void show(const char *who, int fd) {
  char b[300];
  struct pollfd p = {fd, POLLIN | POLLOUT, 0};
  poll(&p, 1, 0);
  int n = p.revents & (POLLIN | POLLHUP) ? (int)read(fd, b, sizeof b) : 0;
  printf("  %s polls %#x, %d bytes", who, p.revents, n);
  if (n < 0)
    printf(" %s", strerrorname_np(errno));
  for (int i = 0; i < n; i++)
    printf(b[i] > ' ' && b[i] < 127 ? " %c" : " %02x", b[i] & 255);
  printf("\n");
}

#define TYPE(text)                                                                                                   \
  do {                                                                                                               \
    printf("typed %s\n", #text);                                                                                     \
    write(m, text, sizeof text - 1);                                                                                 \
    nap(2);                                                                                                          \
    show("slave", s);                                                                                                \
    show("master", m);                                                                                               \
  } while (0)

static void mode(tcflag_t in, tcflag_t out, tcflag_t local, int min, int time) {
  struct termios t;
  tcgetattr(s, &t);
  t.c_iflag = in, t.c_oflag = out, t.c_lflag = local, t.c_cc[VMIN] = min, t.c_cc[VTIME] = time;
  SAY(tcsetattr(s, TCSANOW, &t));
}

static volatile int winch, ints, hups;
static void on(int sig) {
  winch += sig == SIGWINCH, ints += sig == SIGINT, hups += sig == SIGHUP;
}

static void session(void) {
  char name[30];
  snprintf(name, sizeof name, "%s", ptsname(m));
  fflush(stdout);
  pid_t leader = fork();
  if (!leader) {
    signal(SIGWINCH, on), signal(SIGINT, on), signal(SIGHUP, on), signal(SIGTTOU, SIG_IGN);
    close(s);
    SAY(open("/dev/tty", O_RDWR));
    SAY(setsid() == getpid());
    SAY(open("/dev/tty", O_RDWR));
    s = open(name, O_RDWR | O_NOCTTY);
    SAY(tcgetpgrp(s));
    SAY(ioctl(s, TIOCSCTTY, 0));
    SAY(tcgetpgrp(s) == getpid());
    SAY(tcgetsid(s) == getpid());
    int own = open("/dev/tty", O_RDWR);
    SAY(write(own, "from /dev/tty\n", 14));
    SAY(ioctl(m, TIOCSWINSZ, &(struct winsize){20, 60, 0, 0}));
    struct winsize w;
    SAY(ioctl(own, TIOCGWINSZ, &w));
    printf("%d rows, %d columns, told %d times\n", w.ws_row, w.ws_col, winch);
    SAY(ioctl(m, TIOCSWINSZ, &w));
    nap(5);
    write(m, "\003", 1);
    nap(5);
    printf("told %d times, interrupted %d\n", winch, ints);
    fflush(stdout);
    pid_t job = fork();
    if (!job) {
      setpgid(0, 0);
      signal(SIGTTOU, SIG_DFL);
      char c;
      SAY(read(s, &c, 1));
      printf("  read %02x\n", c);
      exit(0);
    }
    int status;
    SAY(waitpid(job, &status, WUNTRACED) == job);
    printf("status %#x\n", status);
    SAY(tcsetpgrp(s, job));
    kill(-job, SIGCONT);
    write(m, "k\n", 2);
    SAY(waitpid(job, &status, WUNTRACED) == job);
    printf("status %#x\n", status);
    SAY(tcsetpgrp(s, getpid()));
    SAY(tcsetpgrp(s, 0x3ffff0));
    close(m);
    printf("hung up: told %d times\n", hups);
    SAY(write(s, "x", 1));
    SAY(read(s, name, 1));
    show("slave", s);
    SAY(open("/dev/tty", O_RDWR));
    exit(7);
  }
  nap(300);
  close(s);
  show("master", m);
  close(m);
  int status;
  SAY(waitpid(leader, &status, 0) == leader);
  printf("status %#x\n", status);
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  SAY((m = posix_openpt(O_RDWR | O_NOCTTY)) >= 0);
  show("master", m);
  SAY(open(ptsname(m), O_RDWR | O_NOCTTY));
  SAY(grantpt(m));
  SAY(unlockpt(m));
  SAY((s = open(ptsname(m), O_RDWR | O_NOCTTY)) >= 0);
  SAY(isatty(s) && isatty(m));
  SAY(strcmp(ttyname(s), ptsname(m)));
  struct stat st;
  SAY(fstat(s, &st));
  printf("type %o, device major %lu\n", st.st_mode & S_IFMT, st.st_rdev >> 8);
  struct termios t;
  SAY(tcgetattr(m, &t));
  printf("%#o %#o %#o %#o\n", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
  TYPE("hello\n");
  TYPE("no line yet");
  TYPE("\x7f\x7f\x7f!\r");
  TYPE("two words \x17more\x15gone\n");
  TYPE("tab\there\x7f\x7f\x7f\x7f\x7f\x7f.\n");
  TYPE("control\x01\x7f\x16\x03.\n");
  TYPE("\x04");
  TYPE("part\x04");
  TYPE("a\nb\n");
  show("slave", s);
  TYPE("one\x12two\n");
  TYPE("\xc3\xa4\x7f\n");
  SAY(write(s, "out\tput\r\nnext\n", 14));
  show("master", m);
  TYPE("\x13");
  SAY(fcntl(s, F_SETFL, O_RDWR | O_NONBLOCK));
  SAY(write(s, "held\n", 5));
  show("master", m);
  TYPE("\x11");
  SAY(fcntl(s, F_SETFL, O_RDWR));
  mode(0, 0, 0, 1, 0);
  TYPE("raw\r\n\x03\x7f");
  SAY(write(s, "a\nb", 3));
  show("master", m);
  mode(ICRNL | ISTRIP, OPOST | OCRNL, ECHO, 3, 0);
  TYPE("x\r");
  TYPE("\xf9");
  mode(INLCR, OPOST | ONLCR, ECHO | ECHOE, 0, 1);
  char c;
  SAY(read(s, &c, 1));
  TYPE("\n");
  mode(IGNCR, OPOST, ICANON | ECHONL, 0, 0);
  TYPE("a\rb\n");
  mode(ICRNL, OPOST | ONLCR, ICANON | ECHO | ECHOK, 1, 0);
  TYPE("kill\x15me\n");
  TYPE("ab\x7f\n");
  int n;
  write(m, "12345\n", 6);
  nap(2);
  SAY(ioctl(s, FIONREAD, &n));
  printf("%d to be read\n", n);
  SAY(tcflush(s, TCIFLUSH));
  show("slave", s);
  show("master", m);
  mode(ICRNL | IXON, OPOST | ONLCR, ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN, 1, 0);
  TYPE("lost\x03kept\n");
  SAY(ioctl(s, TIOCGPTN, &n));
  SAY(ioctl(m, TIOCGPTN, &n));
  SAY(ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY) > 0);
  session();
  return 0;
}
