// sysv: System V's shared memory, semaphores and message queues between a parent and its children: what each
// call answers, and what the state commands show.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static int ready[2]; // a pipe: a child tells that it is about to sleep

// tell prints what a call has answered.
static void tell(const char *what, long result) {
	if (result < 0)
		printf("%s: errno %d\n", what, errno);
	else
		printf("%s: %ld\n", what, result);
}
#define T(x) tell(#x, (long)(x))

static int ended(pid_t child) {
	int status = -1;
	waitpid(child, &status, 0);
	return status;
}

// asleep waits until a child is in its last call.
static void asleep(void) {
	char b;
	if (read(ready[0], &b, 1) == 1)
		usleep(50000);
}

static void memory(void) {
	int id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600);
	char *p = shmat(id, 0, 0), *q = shmat(id, 0, SHM_RDONLY);
	struct shmid_ds d;
	strcpy(p, "hello");
	T(shmctl(id, IPC_STAT, &d));
	printf("%zu bytes, %lu attached, mode %o, own %d %d %d, %s\n", d.shm_segsz, (long)d.shm_nattch, d.shm_perm.mode,
		d.shm_cpid == getpid(), d.shm_lpid == getpid(), d.shm_perm.uid == getuid(), q);
	T(mprotect(q, 4096, PROT_READ | PROT_WRITE));
	pid_t child = fork();
	if (child == 0) {
		shmctl(id, IPC_STAT, &d);
		strcpy(p + 5000, "from the child");
		_exit(d.shm_nattch);
	}
	printf("the child saw %d, and wrote %s\n", ended(child) >> 8, q + 5000);
	T(shmctl(id, IPC_RMID, 0));
	T(shmctl(id, IPC_STAT, &d));
	printf("mode %o, %lu attached\n", d.shm_perm.mode, (long)d.shm_nattch);
	T(shmdt(q));
	T(shmdt(q));
	T(shmdt(p + 4096));
	T(shmdt(p));
	T(shmctl(id, IPC_STAT, &d));

	key_t key = 0x5e9 + getpid() * 4096;
	int named = shmget(key, 5000, IPC_CREAT | 0600);
	T(shmget(key, 0, 0) == named);
	T(shmget(key, 5001, 0600));
	T(shmget(key, 10, IPC_CREAT | IPC_EXCL | 0600));
	T(shmget(IPC_PRIVATE, 0, 0600));
	T(shmat(named, (void *)0x12345, 0));
	T(shmat(named, p + 1, SHM_RND) == p);
	T(shmat(named, p, 0));
	T(shmat(named, p, SHM_REMAP) == p);
	T(shmat(named, 0, SHM_REMAP));
	T(shmctl(named, IPC_RMID, 0));
	T(shmget(key, 5000, 0600));
}

static void semaphores(void) {
	int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0640);
	unsigned short v[3] = {7, 8, 9};
	struct semid_ds d;
	union semun u = {.buf = &d};
	T(semctl(id, 0, IPC_STAT, u));
	printf("%lu of them, mode %o, used at %ld\n", (long)d.sem_nsems, d.sem_perm.mode, (long)d.sem_otime);
	u.val = 40000;
	T(semctl(id, 1, SETVAL, u));
	u.array = v;
	T(semctl(id, 0, SETALL, u));
	T(semctl(id, 2, GETPID) == getpid());
	T(semctl(id, 3, GETVAL));

	struct sembuf two[2] = {{0, -7, 0}, {1, -9, IPC_NOWAIT}}, one = {3, 1, 0};
	T(semop(id, two, 2));
	T(semctl(id, 0, GETVAL));
	two[1].sem_op = -8;
	T(semop(id, two, 2));
	T(semctl(id, 0, GETVAL));
	T(semop(id, &one, 1));
	T(semop(id, &one, 0));
	T(semop(id, &one, 501));
	one = (struct sembuf){2, 32767, 0};
	T(semop(id, &one, 1));
	struct timespec soon = {0, 20000000};
	one = (struct sembuf){0, -1, 0};
	T(semtimedop(id, &one, 1, &soon));

	pid_t child = fork();
	if (child == 0) {
		struct sembuf take = {0, -1, SEM_UNDO};
		write(ready[1], "x", 1);
		_exit(semop(id, &take, 1) == 0 ? 4 : 9);
	}
	asleep();
	T(semctl(id, 0, GETNCNT));
	T(semctl(id, 0, GETZCNT));
	one = (struct sembuf){0, 2, 0};
	T(semop(id, &one, 1));
	T(ended(child));
	T(semctl(id, 0, GETVAL)); // 2: the child's end has undone what it took
	child = fork();
	if (child == 0) {
		struct sembuf zero[2] = {{1, 1, 0}, {1, 0, 0}};
		write(ready[1], "x", 1);
		_exit(semop(id, zero, 2) < 0 && errno == EIDRM ? 3 : 9);
	}
	asleep();
	T(semctl(id, 1, GETZCNT));
	T(semctl(id, 0, IPC_RMID));
	T(ended(child));
	T(semctl(id, 0, GETVAL));
}

static void nothing(int sig) { (void)sig; }

static void messages(void) {
	int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	struct { long type; char text[8200]; } m = {0, ""};
	static const char *const words[] = {"", "one", "two", "three"};
	struct msqid_ds d;
	for (m.type = 3; m.type >= 0; m.type--) {
		strcpy(m.text, words[m.type]);
		T(msgsnd(id, &m, 6, 0));
	}
	T(msgctl(id, IPC_STAT, &d));
	printf("%lu messages, %lu of %lu bytes, own %d, read by %d\n", (long)d.msg_qnum, (long)d.msg_cbytes,
		(long)d.msg_qbytes, d.msg_lspid == getpid(), d.msg_lrpid);
	T(msgrcv(id, &m, 100, -2, 0));
	printf("%ld %s\n", m.type, m.text);
	T(msgrcv(id, &m, 2, 0, 0));
	T(msgrcv(id, &m, 2, 0, MSG_NOERROR));
	printf("%ld %.2s\n", m.type, m.text);
	T(msgrcv(id, &m, 100, 2, MSG_EXCEPT | IPC_NOWAIT));
	T(msgrcv(id, &m, 100, 2, 0));
	T(msgrcv(id, &m, 100, 0, IPC_NOWAIT));
	T(msgsnd(id, &m, 8193, 0));

	int sent = 0;
	while (msgsnd(id, &m, 1000, IPC_NOWAIT) == 0)
		sent++;
	T(sent);
	struct sigaction a = {.sa_handler = nothing, .sa_flags = SA_RESTART};
	sigaction(SIGALRM, &a, 0);
	ualarm(20000, 0);
	T(msgsnd(id, &m, 1000, 0));
	pid_t child = fork();
	if (child == 0) {
		write(ready[1], "x", 1);
		_exit(msgsnd(id, &m, 1000, 0) == 0 ? 5 : 9);
	}
	asleep();
	T(msgrcv(id, &m, 8000, 0, 0));
	T(ended(child));
	msgctl(id, IPC_STAT, &d);
	d.msg_qbytes = 100;
	T(msgctl(id, IPC_SET, &d));
	T(msgsnd(id, &m, 101, IPC_NOWAIT));
	T(msgctl(id, IPC_RMID, 0));
	T(msgrcv(id, &m, 10, 0, 0));
}

int main(void) {
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (pipe(ready) != 0)
		return 1;
	memory();
	semaphores();
	messages();
	return 0;
}
