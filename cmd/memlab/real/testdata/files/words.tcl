set f [open sales.csv]
while {[gets $f line] >= 0} { dict incr regions [lindex [split $line ,] 1] }
close $f
foreach r [lsort [dict keys $regions]] { puts [format "%-6s %3d" $r [dict get $regions $r]] }
proc fact n { expr {$n < 2 ? 1 : $n * [fact [expr {$n - 1}]]} }
puts [fact 30]
after 5 {set done 1}
vwait done
puts [string toupper [exec echo through | cat]]
catch {error "no such thing"} message
puts "caught $message"
exit 2
