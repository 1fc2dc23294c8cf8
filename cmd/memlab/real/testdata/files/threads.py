import queue, threading

total, lock, jobs = 0, threading.Lock(), queue.Queue()

def work():
    global total
    while (n := jobs.get()) is not None:
        s = sum(i * i for i in range(n))
        with lock:
            total += s

threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for n in range(60):
    jobs.put(n)
for _ in threads:
    jobs.put(None)
for t in threads:
    t.join()
print(total, threading.active_count())

ready, barrier, done = threading.Event(), threading.Barrier(3), []

def meet(name):
    ready.wait()
    barrier.wait()
    with lock:
        done.append(name)

threads = [threading.Thread(target=meet, args=(n,)) for n in "abc"]
for t in threads:
    t.start()
ready.set()
for t in threads:
    t.join(timeout=10)
print(sorted(done))
timer = threading.Timer(0.01, print, args=("timer",))
timer.start()
timer.join()
