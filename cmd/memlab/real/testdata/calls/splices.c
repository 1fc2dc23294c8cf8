/* tee, vmsplice, splice with sockets, sendfile to sockets; process_vm_readv and process_vm_writev. */
#include "say.h"
#include <netinet/in.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

static int a[2], b[2], s[2], tcp[2];
static char buf[100];

static void show(int fd) {
  memset(buf, 0, sizeof buf);
  SAY(read(fd, buf, 50));
  printf("  [%s]\n", buf);
}

static void connected(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof to;
  int l = socket(AF_INET, SOCK_STREAM, 0);
  bind(l, (void *)&to, sizeof to), listen(l, 5), getsockname(l, (void *)&to, &n);
  tcp[0] = socket(AF_INET, SOCK_STREAM, 0);
  connect(tcp[0], (void *)&to, sizeof to);
  tcp[1] = accept(l, 0, 0);
  close(l);
}

static void memory_of(pid_t child, char *there) {
  char one[8] = "", two[8] = "";
  struct iovec local[2] = {{one, 3}, {two, 4}};
  struct iovec remote[2] = {{there, 2}, {there + 4094, 10}};
  SAY(process_vm_readv(child, local, 2, remote, 2, 0));
  printf("  [%s] [%s]\n", one, two);
  remote[1].iov_base = there + 8190;
  SAY(process_vm_readv(child, local, 2, remote, 2, 0));
  remote[0].iov_base = there + 8192;
  SAY(process_vm_readv(child, local, 2, remote, 2, 0));
  remote[0].iov_base = there;
  memcpy(one, "abc", 3);
  SAY(process_vm_writev(child, local, 1, remote, 1, 0));
  SAY(process_vm_readv(child, local, 2, remote, 2, 1));
  SAY(process_vm_readv(child, (void *)8, 2, remote, 2, 0));
  SAY(process_vm_readv(child, local, 0, remote, 2, 0));
  SAY(process_vm_readv(0x3fffff, local, 1, remote, 1, 0));
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  pipe(a), pipe2(b, O_NONBLOCK), socketpair(AF_UNIX, SOCK_STREAM, 0, s);
  connected();
  write(a[1], "hello pipe", 10);
  SAY(tee(a[0], b[1], 5, 0));
  show(b[0]);
  SAY(tee(a[0], b[1], 500, SPLICE_F_NONBLOCK));
  SAY(tee(a[0], a[1], 5, 0));
  SAY(tee(a[0], s[1], 5, 0));
  SAY(tee(b[1], a[0], 5, 0));
  SAY(tee(a[0], b[1], 0, 0));
  SAY(tee(a[0], b[1], 5, 0x100));
  show(a[0]);
  SAY(tee(a[0], b[1], 5, SPLICE_F_NONBLOCK));
  show(b[0]);
  show(b[0]);
  struct iovec v[2] = {{"from ", 5}, {"memory", 6}};
  SAY(vmsplice(a[1], v, 2, 0));
  SAY(vmsplice(s[1], v, 2, 0));
  SAY(vmsplice(a[1], v, 2, 0x100));
  SAY(splice(a[0], 0, s[0], 0, 4, 0));
  show(s[1]);
  SAY(splice(a[0], 0, tcp[0], 0, 100, SPLICE_F_MOVE));
  show(tcp[1]);
  SAY(splice(a[0], 0, tcp[0], 0, 100, SPLICE_F_NONBLOCK));
  SAY(splice(s[0], 0, tcp[0], 0, 100, 0));
  write(tcp[1], "back", 4);
  SAY(splice(tcp[0], 0, a[1], 0, 100, 0));
  char out[20] = "";
  v[0] = (struct iovec){out, 3}, v[1] = (struct iovec){out + 10, 5};
  SAY(vmsplice(a[0], v, 2, 0));
  printf("  [%s] [%s]\n", out, out + 10);
  loff_t off = 0;
  SAY(splice(a[0], &off, tcp[0], 0, 100, SPLICE_F_NONBLOCK));
  SAY(splice(tcp[0], &off, a[1], 0, 100, SPLICE_F_NONBLOCK));
  int f = memfd_create("f", 0);
  write(f, "0123456789", 10);
  off = 3;
  SAY(sendfile(tcp[0], f, &off, 4));
  SAY(off);
  show(tcp[1]);
  SAY(lseek(f, 8, SEEK_SET));
  SAY(sendfile(s[0], f, 0, 4));
  SAY(sendfile(s[0], f, 0, 4));
  show(s[1]);
  SAY(sendfile(f, s[0], 0, 4));
  SAY(sendfile(s[0], a[0], 0, 4));
  SAY(shutdown(s[1], SHUT_RD));
  SAY(sendfile(s[0], f, &off, 1));
  int null = open("/dev/null", O_RDWR), zero = open("/dev/zero", O_RDONLY);
  write(a[1], "gone", 4);
  SAY(splice(a[0], 0, null, 0, 100, 0));
  SAY(splice(null, 0, a[1], 0, 100, 0));
  SAY(splice(zero, 0, a[1], 0, 3, 0));
  SAY(read(a[0], buf, 10));
  SAY(sendfile(null, f, &off, 2));
  close(b[0]);
  write(a[1], "x", 1);
  SAY(tee(a[0], b[1], 5, 0));

  int u = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  SAY(sendto(u, "lost", 4, 0, (void *)&nobody, sizeof nobody));
  struct linger hard = {1, 0};
  SAY(setsockopt(tcp[0], SOL_SOCKET, SO_LINGER, &hard, sizeof hard));
  close(tcp[0]);
  show(tcp[1]);
  show(tcp[1]);

  int go[2], done[2];
  pipe(go), pipe(done);
  char *there = mmap(0, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(there + 8192, 4096);
  memset(there, '.', 8192);
  fflush(stdout);
  pid_t child = fork();
  if (!child) {
    memcpy(there, "child", 5), memcpy(there + 4094, "across", 6), memcpy(there + 8190, "!!", 2);
    write(done[1], "", 1), read(go[0], buf, 1);
    printf("the child has %.6s\n", there);
    exit(0);
  }
  read(done[0], buf, 1);
  memory_of(child, there);
  fflush(stdout);
  write(go[1], "", 1), wait(0);
  memory_of(getpid(), there);
  return 0;
}
