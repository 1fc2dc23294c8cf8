/* Locks with priority inheritance: the kernel's word, waiting, handing on, the death of an owner, requeueing. */
#include "say.h"
#include <linux/futex.h>
#include <pthread.h>

static uint32_t word, cond;
static volatile int stage;
static long futex(uint32_t *a, int op, uint32_t v, void *t, uint32_t *b, uint32_t v3) {
  return syscall(SYS_futex, a, op, v, t, b, v3);
}
#define WORD(tid) printf("word: %s%s%s\n", word & FUTEX_TID_MASK ? (int)(word & FUTEX_TID_MASK) == (tid) ? "mine" : "another's" : "free", \
                         word & FUTEX_WAITERS ? ", waiters" : "", word & FUTEX_OWNER_DIED ? ", owner died" : "")

static void *waiter(void *arg) {
  (void)arg;
  SAY(futex(&word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0));
  stage = 1;
  SAY(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  WORD(gettid());
  stage = 2;
  nap(20);
  SAY(futex(&word, FUTEX_UNLOCK_PI, 0, 0, 0, 0));
  WORD(gettid());
  return 0;
}

static void *dies(void *arg) {
  (void)arg;
  SAY(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
  stage = 3;
  nap(60);
  return 0;
}

static void *requeued(void *arg) {
  long n = (long)arg;
  nap(20 * n);
  long r = futex(&cond, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, 0, &word, 0);
  printf("requeued %ld: %ld, %s\n", n, r, (int)(word & FUTEX_TID_MASK) == gettid() ? "has the lock" : "has it not");
  futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0);
  return 0;
}

static pthread_mutex_t robust;
static void *dies_locked(void *arg) {
  (void)arg;
  SAY(pthread_mutex_lock(&robust));
  stage = 4;
  nap(40);
  return 0;
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  pthread_t t, u;
  SAY(futex(&word, FUTEX_UNLOCK_PI, 0, 0, 0, 0));
  SAY(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  WORD(gettid());
  SAY(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  SAY(futex(&word, FUTEX_TRYLOCK_PI, 0, 0, 0, 0));
  pthread_create(&t, 0, waiter, 0);
  while (stage < 1)
    nap(1);
  nap(20);
  WORD(gettid());
  long r = futex(&word, FUTEX_UNLOCK_PI, 0, 0, 0, 0);
  pthread_join(t, 0);
  printf("unlocked: %ld\n", r);
  WORD(gettid());
  word = 0x3ffffff0;
  SAY(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  word = FUTEX_OWNER_DIED;
  SAY(futex(&word, FUTEX_LOCK_PI, 0, 0, 0, 0));
  WORD(gettid());
  word = 0;
  pthread_create(&t, 0, dies, 0);
  while (stage < 3)
    nap(1);
  struct timespec soon;
  clock_gettime(CLOCK_REALTIME, &soon);
  if ((soon.tv_nsec += 10000000) >= 1000000000)
    soon.tv_sec++, soon.tv_nsec -= 1000000000;
  SAY(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, &soon, 0, 0));
  SAY(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
  WORD(gettid());
  pthread_join(t, 0);
  SAY(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0));
  WORD(gettid());

  SAY(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, 0, 0, 0));
  pthread_create(&t, 0, requeued, (void *)1);
  pthread_create(&u, 0, requeued, (void *)2);
  nap(100);
  SAY(futex(&cond, FUTEX_CMP_REQUEUE_PI_PRIVATE, 2, (void *)10, &word, 0));
  SAY(futex(&cond, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)10, &word, 7));
  SAY(futex(&cond, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)10, &word, 0));
  WORD(gettid());
  r = futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, 0, 0, 0);
  pthread_join(t, 0);
  pthread_join(u, 0);
  printf("unlocked: %ld\n", r);
  WORD(gettid());
  SAY(futex(&cond, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 1, 0, &word, 0));
  SAY(futex(&cond, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, 0, &cond, 0));

  pthread_mutexattr_t a;
  pthread_mutexattr_init(&a);
  SAY(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT));
  SAY(pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST));
  SAY(pthread_mutex_init(&robust, &a));
  pthread_create(&t, 0, dies_locked, 0);
  while (stage < 4)
    nap(1);
  SAY(pthread_mutex_lock(&robust) == EOWNERDEAD);
  SAY(pthread_mutex_consistent(&robust));
  SAY(pthread_mutex_unlock(&robust));
  pthread_join(t, 0);
  pthread_create(&t, 0, dies_locked, 0);
  pthread_join(t, 0);
  SAY(pthread_mutex_lock(&robust) == EOWNERDEAD);
  return 0;
}
