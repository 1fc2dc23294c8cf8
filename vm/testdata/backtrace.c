/* A known chain of calls: main, outer, middle, a signal handler, inner, which writes to nowhere. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

NOINLINE int inner(int n, char *buf) {
  volatile char pad[200];
  memset((void *)pad, n, sizeof pad);
  *(volatile int *)8 = pad[3] + buf[0];
  return pad[n & 127];
}

NOINLINE void handler(int sig) {
  char buf[64];
  memset(buf, sig, sizeof buf);
  buf[1] = (char)inner(sig, buf);
  write(2, buf, 1);
}

NOINLINE int middle(int a, int b) {
  volatile int more[50];
  more[a] = b;
  kill(getpid(), SIGUSR1);
  return more[a] + 1;
}

NOINLINE int outer(int a) {
  int n = a > 1 ? a * 16 : 16;
  char *room = __builtin_alloca(n); /* a frame of a size that only runs know */
  memset(room, a, n);
  __asm__ volatile("" ::"r"(room) : "memory");
  return middle(room[0], 2) + room[n - 1];
}

int main(int argc, char **argv) {
  (void)argv;
  signal(SIGUSR1, handler);
  return outer(argc) + 1;
}
