/* What the programs beside this file print: an expression and what it gives, or the error. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SAY(x)                                                                                                       \
  do {                                                                                                               \
    errno = 0;                                                                                                       \
    long r_ = (long)(x);                                                                                             \
    if (r_ == -1 && errno)                                                                                           \
      printf("%s: %s\n", #x, strerrorname_np(errno));                                                                \
    else                                                                                                             \
      printf("%s: %ld\n", #x, r_);                                                                                   \
  } while (0)

static inline void nap(int ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&t, 0);
}
