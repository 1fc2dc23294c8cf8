import os, signal, subprocess, sys

print(subprocess.check_output(["tr", "a-z", "A-Z"], input=b"through a child\n").decode(), end="")
p = subprocess.run("echo out; echo err >&2; exit 3", shell=True, capture_output=True, text=True)
print(p.returncode, repr(p.stdout), repr(p.stderr))
first = subprocess.Popen(["sort", "-n", "numbers.txt"], stdout=subprocess.PIPE)
second = subprocess.Popen(["head", "-n", "3"], stdin=first.stdout, stdout=subprocess.PIPE)
first.stdout.close()
print(second.communicate()[0], second.returncode)
slow = subprocess.Popen(["sleep", "60"])
slow.send_signal(signal.SIGTERM)
print("ended by", slow.wait())
try:
    subprocess.run(["sleep", "60"], timeout=0.05)
except subprocess.TimeoutExpired as e:
    print("timeout", e.cmd)
try:
    subprocess.run(["/no/such/program"])
except FileNotFoundError as e:
    print(e)
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(w, b"from the child")
    os._exit(5)
os.close(w)
print(os.read(r, 100), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
signal.signal(signal.SIGALRM, lambda *_: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.pause()
sys.exit(4)
