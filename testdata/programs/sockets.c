/* sockets: talks over AF_UNIX sockets: a pair, a name, datagrams, a descriptor handed over. Prints what
 * each call answers. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char buf[300000];

static void say(const char *what, long n) { printf("%s: %ld %s\n", what, n, n < 0 ? strerror(errno) : ""); }

static void ready(const char *what, int fd) {
  struct pollfd p = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
  printf("%s: poll %d %#x\n", what, poll(&p, 1, 0), p.revents);
}

static void hand(int to, int fd) {
  char byte = 'x';
  struct iovec v = {&byte, 1};
  union { char b[CMSG_SPACE(sizeof fd)]; struct cmsghdr h; } u = {{0}};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = u.b, .msg_controllen = sizeof u.b};
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(c), &fd, sizeof fd);
  say("hand over", sendmsg(to, &m, 0));
}

static int take(int from, size_t room) {
  int fd = -1;
  struct iovec v = {buf, 4};
  union { char b[CMSG_SPACE(sizeof fd)]; struct cmsghdr h; } u = {{0}};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1, .msg_control = u.b, .msg_controllen = room};
  say("take", recvmsg(from, &m, 0));
  printf("flags %#x, %d bytes of control\n", m.msg_flags, (int)m.msg_controllen);
  struct cmsghdr *c = CMSG_FIRSTHDR(&m);
  if (c)
    memcpy(&fd, CMSG_DATA(c), sizeof fd);
  return fd;
}

static void pair(void) {
  int s[2], p[2];
  say("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  say("pipe", pipe(p));
  hand(s[0], p[1]);
  say("through the taken one", write(take(s[1], CMSG_SPACE(sizeof(int))), "abc", 3));
  say("arrived", read(p[0], buf, sizeof buf));
  hand(s[0], p[1]);
  printf("no room: %d\n", take(s[1], 8));
  int n = 0;
  while (send(s[0], "y", 1, MSG_DONTWAIT) == 1)
    n++;
  say("one by one", n);
  ready("full", s[0]);
  say("all of it", recv(s[1], buf, sizeof buf, 0));
  say("at once", send(s[0], buf, sizeof buf, MSG_DONTWAIT));
  say("peek", recv(s[1], buf, 10, MSG_PEEK));
  say("all of it", recv(s[1], buf, sizeof buf, 0));
  shutdown(s[0], SHUT_WR);
  ready("shut", s[1]);
  say("end", read(s[1], buf, 10));
  close(s[1]);
  ready("closed", s[0]);
  say("to nobody", send(s[0], "z", 1, MSG_NOSIGNAL));
}

static void datagrams(void) {
  int s[2];
  say("socketpair", socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
  say("send", send(s[0], "hello", 5, 0));
  say("send", send(s[0], "", 0, 0));
  say("cut", recv(s[1], buf, 3, MSG_TRUNC));
  say("empty", recv(s[1], buf, 3, 0));
  say("too long", send(s[0], buf, 212992, 0));
  close(s[1]);
  say("to nobody", send(s[0], "z", 1, 0));
  say("once more", send(s[0], "z", 1, 0));
}

static void named(void) {
  struct sockaddr_un a = {AF_UNIX, "\0memlab-sockets"};
  int l = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
  say("nobody there", connect(c, (void *)&a, sizeof a));
  say("bind", bind(l, (void *)&a, sizeof a));
  say("nobody listens", connect(c, (void *)&a, sizeof a));
  say("listen", listen(l, 1));
  if (fork() == 0) {
    int s = accept(l, 0, 0);
    struct ucred cred;
    socklen_t n = sizeof cred;
    getsockopt(s, SOL_SOCKET, SO_PEERCRED, &cred, &n);
    printf("accepted: the parent's %d, %d bytes\n", cred.pid == getppid(), (int)read(s, buf, sizeof buf));
    fflush(stdout);
    write(s, "answer", 6);
    _exit(0);
  }
  say("connect", connect(c, (void *)&a, sizeof a));
  write(c, "question", 8);
  say("answer", read(c, buf, sizeof buf));
  socklen_t n = sizeof a;
  say("peer", getpeername(c, (void *)&a, &n));
  printf("@%s, %d bytes\n", a.sun_path + 1, n);
  wait(0);
  say("end", read(c, buf, sizeof buf));
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  pair();
  datagrams();
  named();
  return 0;
}
