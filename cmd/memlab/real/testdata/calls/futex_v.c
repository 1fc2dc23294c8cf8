/* futex_waitv, futex_wait, futex_wake, futex_requeue; FUTEX_WAKE_OP. */
#include "say.h"
#include <linux/futex.h>
#include <pthread.h>

struct waitv {
  uint64_t val, uaddr;
  uint32_t flags, reserved;
};
#define PRIVATE32 (2 | 128)
static uint32_t words[130];
static struct waitv list[130];
static struct timespec *in(int ms) {
  static struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_nsec += ms * 1000000L;
  if (t.tv_nsec >= 1000000000)
    t.tv_sec++, t.tv_nsec -= 1000000000;
  return &t;
}
#define waitv(n, flags, t) syscall(449, list, n, flags, t, CLOCK_MONOTONIC)
#define wait2(w, v, mask, flags, t) syscall(455, w, v, mask, flags, t, CLOCK_MONOTONIC)
#define wake2(w, mask, n, flags) syscall(454, w, mask, n, flags)

static void *waker(void *arg) {
  nap(30);
  long n = wake2(&words[(long)arg], ~0U, 1, PRIVATE32);
  printf("woke %ld\n", n);
  return 0;
}

static void *sleeper(void *arg) {
  long r = syscall(SYS_futex, &words[(long)arg], FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
  nap(20);
  printf("sleeper: %ld\n", r);
  return 0;
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  pthread_t t, u;
  for (int i = 0; i < 130; i++)
    list[i] = (struct waitv){0, (uintptr_t)&words[i], PRIVATE32, 0};
  SAY(waitv(0, 0, 0));
  SAY(waitv(129, 0, 0));
  SAY(waitv(2, 1, 0));
  SAY(waitv(2, 0, in(5)));
  words[1] = 1;
  SAY(waitv(2, 0, 0));
  words[1] = 0;
  list[1].reserved = 1;
  SAY(waitv(2, 0, 0));
  list[1].reserved = 0;
  list[1].flags = 1;
  SAY(waitv(2, 0, 0));
  list[1].flags = PRIVATE32;
  list[1].uaddr = 2;
  SAY(waitv(2, 0, 0));
  list[1].uaddr = 4096;
  SAY(waitv(2, 0, 0));
  list[1].uaddr = (uintptr_t)&words[1];
  SAY(syscall(449, list, 2, 0, in(5), 77));
  pthread_create(&t, 0, waker, (void *)77);
  SAY(waitv(128, 0, in(5000)));
  pthread_join(t, 0);
  SAY(wake2(&words[77], ~0U, 1, PRIVATE32));
  pthread_create(&t, 0, waker, (void *)3);
  SAY(wait2(&words[3], 0, 1, PRIVATE32, in(5000)));
  pthread_join(t, 0);
  SAY(wait2(&words[3], 0, 0, PRIVATE32, 0));
  SAY(wait2(&words[3], 1, 1, PRIVATE32, 0));
  SAY(wait2(&words[3], 0, 1, PRIVATE32, in(2)));
  SAY(wait2(&words[3], 0, 1, 0, 0));
  SAY(wake2(&words[3], 0, 1, PRIVATE32));
  pthread_create(&t, 0, sleeper, (void *)5);
  nap(20);
  pthread_create(&u, 0, sleeper, (void *)5);
  nap(20);
  list[0].uaddr = (uintptr_t)&words[5], list[1].uaddr = (uintptr_t)&words[6];
  list[0].val = 1;
  SAY(syscall(456, list, 0, 1, 10));
  list[0].val = 0;
  SAY(syscall(456, list, 1, 1, 10));
  SAY(syscall(456, list, 0, 1, 10));
  pthread_join(t, 0);
  SAY(wake2(&words[5], ~0U, 1, PRIVATE32));
  SAY(wake2(&words[6], ~0U, 1, PRIVATE32));
  pthread_join(u, 0);

  pthread_create(&t, 0, sleeper, (void *)8);
  nap(20);
  SAY(syscall(SYS_futex, &words[9], FUTEX_WAKE_OP_PRIVATE, 1, 1, &words[8], FUTEX_OP(FUTEX_OP_ADD, 5, FUTEX_OP_CMP_EQ, 0)));
  pthread_join(t, 0);
  SAY(words[8]);
  SAY(syscall(SYS_futex, &words[9], FUTEX_WAKE_OP_PRIVATE, 1, 1, &words[8], FUTEX_OP(FUTEX_OP_ANDN, 4, FUTEX_OP_CMP_GT, 9)));
  SAY(words[8]);
  SAY(syscall(SYS_futex, &words[9], FUTEX_WAKE_OP_PRIVATE, 1, 1, &words[8], FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 7, FUTEX_OP_CMP_LE, -1)));
  SAY(words[8]);
  SAY(syscall(SYS_futex, &words[9], FUTEX_WAKE_OP_PRIVATE, 1, 1, &words[8], FUTEX_OP(FUTEX_OP_XOR, -1, FUTEX_OP_CMP_NE, 9)));
  SAY(words[8]);
  SAY(syscall(SYS_futex, &words[9], FUTEX_WAKE_OP_PRIVATE, 1, 1, &words[8], 0x70000000));
  return 0;
}
