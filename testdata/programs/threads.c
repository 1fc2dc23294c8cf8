// threads: mutexes, condition variables, thread-local variables, timed waits, signals to threads, and the end
// of a process from a thread.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 4, ROUNDS = 2000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long counter, turn;
static __thread long mine;
static pthread_barrier_t gate;
static volatile sig_atomic_t hit;
static __thread volatile sig_atomic_t here;

static void *count(void *arg) {
	long id = (long)arg;
	pthread_barrier_wait(&gate);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&lock);
		counter++;
		pthread_mutex_unlock(&lock);
		mine += id;
	}
	pthread_mutex_lock(&lock);
	while (turn != id)
		pthread_cond_wait(&changed, &lock);
	printf("worker %ld: %ld\n", id, mine);
	turn++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return (void *)(id * id);
}

static void on_signal(int sig) {
	hit = sig;
	here = 1;
}

static void *sleeper(void *arg) {
	(void)arg;
	while (!here)
		usleep(1000);
	return "signalled";
}

static void *robust(void *m) {
	pthread_mutex_lock(m);
	return NULL; // the lock is never given back
}

static void *ender(void *arg) {
	(void)arg;
	exit(42);
}

int main(void) {
	pthread_t t[WORKERS];
	pthread_barrier_init(&gate, NULL, WORKERS + 1);
	for (long i = 0; i < WORKERS; i++)
		if (pthread_create(&t[i], NULL, count, (void *)i))
			return 1;
	pthread_barrier_wait(&gate);
	long results = 0;
	for (int i = 0; i < WORKERS; i++) {
		void *r;
		pthread_join(t[i], &r);
		results = results * 10 + (long)r;
	}
	printf("joined %ld\n", results);
	printf("counter %ld, of mine %ld\n", counter, mine);

	struct timespec at;
	clock_gettime(CLOCK_REALTIME, &at);
	at.tv_nsec += 5000000;
	if (at.tv_nsec >= 1000000000)
		at.tv_nsec -= 1000000000, at.tv_sec++;
	pthread_mutex_lock(&lock);
	int e = pthread_cond_timedwait(&changed, &lock, &at);
	pthread_mutex_unlock(&lock);
	printf("timed out: %d\n", e == ETIMEDOUT);

	signal(SIGUSR1, on_signal);
	pthread_create(&t[0], NULL, sleeper, NULL);
	pthread_kill(t[0], SIGUSR1);
	void *r;
	pthread_join(t[0], &r);
	printf("%s by %d, here %d\n", (char *)r, (int)hit, (int)here);

	pthread_mutexattr_t a;
	pthread_mutex_t m;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&m, &a);
	pthread_create(&t[0], NULL, robust, &m);
	pthread_join(t[0], NULL);
	printf("owner died: %d\n", pthread_mutex_lock(&m) == EOWNERDEAD);

	fflush(stdout);
	pthread_create(&t[0], NULL, ender, NULL);
	pthread_join(t[0], NULL);
	return 3;
}
