package vm_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"memlab/vm"
)

// shellScript has what shells do with processes.
const shellScript = `f() { echo "f $1"; return 4; }
f x; echo $?
cat <<END | tr a-z A-Z
here $((2*21))
END
for i in a b c; do (echo "bg $i"; exit 2) & wait $!; echo $?; done
trap 'echo usr1' USR1; kill -USR1 $$
x=$(printf '%s\n' 3 1 2 | sort | tr '\n' ' '); echo "$x"
sleep 5 & p=$!; kill $p; wait $p; echo "st $?"
yes | head -3
echo hi | (read a; echo "got $a")
trap 'echo bye' EXIT
false || echo alt
`

// jobScript has what shells with job control do.
const jobScript = `set -m
sleep 50 & p=$!
kill -STOP $p; sleep 1; jobs | tr -s ' '; kill -CONT $p; sleep 1; kill $p; wait $p; echo "st $?"
(trap 'echo got; exit 3' TERM; sleep 3 & wait) & q=$!
sleep 1; kill -TERM -$q; wait $q; echo "st $?"
sh -c 'kill -STOP $$; echo resumed; exit 4' & sleep 1; jobs | tr -s ' '; fg %% >/dev/null; echo "fg $?"
trap 'echo chld' CHLD; sleep 1 & wait $!; trap - CHLD
yes | head -2 | cat; echo end
`

// asyncScript has what python's event loop needs of the kernel: a pair of sockets, epoll, pipes, signals.
const asyncScript = `
import asyncio, os, signal
async def w(n, d):
    await asyncio.sleep(d); print('w', n); return n
async def main():
    print(await asyncio.gather(w(1, .9), w(2, .3), w(3, .6)))
    p = await asyncio.create_subprocess_exec('/bin/sh', '-c', 'cat; exit 3', stdin=-1, stdout=-1)
    print(await p.communicate(b'hello'), p.returncode)
    ev, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, ev.set)
    os.kill(os.getpid(), signal.SIGUSR1); await ev.wait(); print('signal')
    async def h(r, wr):
        wr.write(b'echo ' + await r.readline()); wr.close()
    s = await asyncio.start_server(h, '127.0.0.1')
    r, wr = await asyncio.open_connection(*s.sockets[0].getsockname())
    wr.write(b'hi\n'); print(await r.read()); wr.close(); s.close()
asyncio.run(main())
`

// forkScript has python's multiprocessing: sockets, semaphores and memory that processes share.
const forkScript = `
import multiprocessing as mp
mp.set_start_method('fork')
q, v, e = mp.Queue(), mp.Value('i', 0), mp.Event()
def f(i):
    e.wait()
    for _ in range(50):
        with v.get_lock(): v.value += 1
    q.put(i * i)
ps = [mp.Process(target=f, args=(i,)) for i in range(3)]
[p.start() for p in ps]; e.set(); r = sorted(q.get() for _ in ps); [p.join() for p in ps]
print(r, v.value, [p.exitcode for p in ps])
def g(x): return x * x
with mp.Pool(2) as p: print(p.map(g, range(5)))
`

const goProgram = `package main

import ("fmt"; "runtime"; "sync"; "time")

func main() {
	var wg sync.WaitGroup
	c := make(chan int)
	for i := range 8 {
		wg.Go(func() { s := 0; for j := range 1000 { s += j * i }; c <- s })
	}
	go func() { wg.Wait(); close(c) }()
	t := 0
	for v := range c { t += v }
	runtime.GC()
	<-time.After(10 * time.Millisecond)
	fmt.Println(t)
}
`

// TestRealPrograms runs programs of the host's that make processes and threads, and compares with the host.
func TestRealPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("long: the race detector's run leaves it to the plain one")
	}
	if !native {
		t.Skip("this host does not run Linux x86-64 programs")
	}
	threads := "import threading\nr=[]\nl=threading.Lock()\ndef f(i):\n  with l: r.append(i*i)\n" +
		"ts=[threading.Thread(target=f,args=(i,)) for i in range(8)]\n[t.start() for t in ts]\n[t.join() for t in ts]\nprint(sum(r))"
	for name, argv := range map[string][]string{
		"dash": {"/bin/dash", "-c", shellScript},
		"bash": {"/bin/bash", "--norc", "-c", shellScript +
			"a=(1 2 3); echo ${#a[@]}; diff <(echo x) <(echo y); coproc cat; echo foo >&${COPROC[1]}; read -u ${COPROC[0]} z; echo $z"},
		"python threads":    {"/usr/bin/python3", "-c", threads},
		"python subprocess": {"/usr/bin/python3", "-c", "import subprocess as s; print(s.check_output('echo a | tr a b', shell=True))"},
		"perl":              {"/usr/bin/perl", "-e", `if(!($p=fork)){exit 5} waitpid($p,0); print $?>>8,"\n"; print ` + "`echo q`"},
		"python asyncio":    {"/usr/bin/python3", "-c", asyncScript},
		"python processes":  {"/usr/bin/python3", "-c", forkScript},
		"bash jobs":         {"/bin/bash", "--norc", "-c", jobScript},
		"go":                {"go"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "go" {
				argv = []string{buildGo(t)}
			}
			if _, err := os.Stat(argv[0]); err != nil {
				t.Skipf("this host has no %s", argv[0])
			}
			want := hostRun(t, argv)
			for _, frames := range []int{512, 16384} {
				cfg := config()
				cfg.Memory.Frames, cfg.Memory.Swap = frames, 65536
				if got := realRun(t, cfg, argv); !same(got, want) {
					t.Errorf("%d frames:\ngot  %+v\nwant %+v", frames, got, want)
				}
			}
		})
	}
}

func buildGo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	src, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "prog")
	if err := os.WriteFile(src, []byte(goProgram), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", out, src) //nolint:gosec // our own program
	//nolint:forbidigo // the go command needs its own environment
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("go cannot build here: %s", text)
	}
	return out
}

func hostRun(t *testing.T, argv []string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	line := append(command(t, argv[0]), argv[1:]...)
	cmd := exec.CommandContext(ctx, line[0], line[1:]...) //nolint:gosec // the test's own list
	cmd.Env, cmd.Dir = environment, "/"
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return outcome{Argv: argv, Status: cmd.ProcessState.ExitCode(), Stdout: out.String()}
}

// realRun is what the program does in the machine; standard error, where shells tell of dead jobs, is not
// kept.
func realRun(t *testing.T, cfg vm.Config, argv []string) outcome {
	t.Helper()
	m, err := vm.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var out bytes.Buffer
	p, err := m.Load(vm.Program{
		Path: argv[0], Argv: argv, Env: environment, UID: 1000, Root: os.DirFS("/"), Stdout: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	if reason, err := m.Run(vm.RunOptions{}); err != nil || reason != vm.StopExited {
		t.Fatalf("the run ended with %v, %v", reason, err)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	_, exit := p.Exited()
	return outcome{Argv: argv, Status: exit.Status(), Stdout: out.String()}
}
