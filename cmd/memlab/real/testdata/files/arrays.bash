# Bash's own: arrays, process substitution, pattern matching, coprocesses.
declare -a fruit=(apple pear "red plum")
declare -A colour=([apple]=green [pear]=yellow)
fruit+=(cherry)
echo "${#fruit[@]} ${fruit[2]} ${fruit[*]:1:2} ${!fruit[*]}"
echo "${colour[pear]} ${#colour[@]}"
diff <(printf '%s\n' "${fruit[@]}") <(printf '%s\n' "${fruit[@]}" | sort)
echo "differ $?"
tee >(tr a-z A-Z >upper.tmp) >/dev/null <<<"to both"
for ((i = 0; i < 50; i++)); do [[ -s upper.tmp ]] && break; sleep 0.01; done
cat upper.tmp
[[ "memory 4096" =~ ([a-z]+)\ ([0-9]+) ]] && echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]^^}"
coproc cat
echo "through the coprocess" >&"${COPROC[1]}"
read -r -u "${COPROC[0]}" answer
echo "$answer"
mapfile -t lines <numbers.txt
echo "${#lines[@]} lines, the last ${lines[-1]}"
printf -v padded '%05d|%-6s|%x' 42 left 255
echo "$padded"
set -o pipefail
false | true
echo "pipefail $?"
sum=0
while read -r n; do ((sum += n)); done < <(head -n 20 numbers.txt)
echo "sum $sum"
shopt -s extglob nullglob
echo tree/!(*.txt) none*here
trap 'echo "signal caught"' TERM
kill -TERM $$
f() { local -n ref=$1; ref=changed; }
v=old; f v; echo "$v"
echo {a..e}{1,2}
exit 5
