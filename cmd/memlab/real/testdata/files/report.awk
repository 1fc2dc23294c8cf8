BEGIN { FS = ","; OFS = "\t" }
function max(a, b) { return a > b ? a : b }
{ sum[$2] += $4; n[$2]++; top[$2] = max(top[$2], $4) }
/item0[0-3]/ { picked++; gsub(/item/, "i:", $3); if (picked <= 3) print NR, toupper($2), $3, substr($0, 1, 8) }
END {
	for (r in sum) printf "%-6s %4d %10.2f %7.2f\n", r, n[r], sum[r], top[r] | "sort"
	close("sort")
	while (("head -n 2 numbers.txt" | getline line) > 0) print "read", line
	print picked, length("four"), index("memory", "mor"), split("a:b:c", parts, ":"), parts[3], int(7.9), 2 ^ 10
	print sin(1), exp(1), sprintf("%x %o %c|%5s|", 255, 8, 65, "r")
	exit 2
}
