# What shell scripts do, in the words that every POSIX shell knows.
set -u
count() { # how many arguments
	echo "$# arguments"
	return "$#"
}
count a "b c" d
echo "status $?"

# pipes and here-documents
cat <<END | tr a-z A-Z | sed 's/^/> /'
the sum is $((17 * 3 - 9))
home is $HOME
END
cat <<'END' | sort -r | head -n 2
$not expanded
second
third
END
cat <<-END
	tabs are cut
	END

# loops, tests, case, arithmetic
i=0
total=0
while [ "$i" -lt 10 ]; do
	i=$((i + 1))
	case $i in
	3 | 5) continue ;;
	9) break ;;
	esac
	total=$((total + i))
done
echo "total $total"
for f in tree/*.txt; do
	[ -r "$f" ] && echo "${f##*/}: $(wc -l <"$f") lines"
done
until [ "${x:-0}" = xxx ]; do x=${x:+$x}x; done
echo "x is $x, ${#x} long, ${x%x} cut"

# files, redirections, subshells
(cd tree && pwd | sed 's,.*/,,' && exit 3)
echo "subshell $?"
{ echo to out; echo to err >&2; } 2>err.tmp | cat
cat err.tmp
exec 3>three.tmp
echo third >&3
exec 3>&-
read -r line <three.tmp && echo "read $line"

# background jobs, wait, signals, traps
(sleep 0.01; exit 7) &
wait $!
echo "job $?"
sleep 30 &
kill $!
wait $! 2>/dev/null
echo "killed $?"
trap 'echo "got USR1"' USR1
kill -USR1 $$
trap 'echo "the end, status $?"' EXIT
eval 'echo "evaluated $total"'
nothing_of_this_name 2>/dev/null || echo "not found $?"
exit 9
