use strict; use warnings;
use Data::Dumper; use Digest::MD5 qw(md5_hex); use List::Util qw(sum first); use POSIX qw(floor strftime);
$Data::Dumper::Sortkeys = 1; $Data::Dumper::Indent = 1;
my (%count, @long);
open(my $in, '<', '/usr/share/common-licenses/GPL-3') or die $!;
while (<$in>) { $count{lc $1}++ while /\b([A-Za-z]{6,})\b/g; push @long, $. if length > 78; }
close $in;
my @top = (sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count)[0 .. 4];
printf "%-12s %3d\n", $_, $count{$_} for @top;
print scalar(@long), " long lines, ", md5_hex(join ",", map { "$_$count{$_}" } sort keys %count), "\n";
my %h = (list => [1, 2, { deep => undef }], text => "it's", code => sub { $_[0] ** 2 });
print $h{code}->(12), " ", sum(1 .. 10), " ", first { $_ > 3 } (1, 5, 9); print "\n";
delete $h{code}; print Dumper(\%h);
(my $s = "the quick brown fox") =~ s/(\w+)/\u$1/g; print "$s ", scalar reverse($s), " ", ($s =~ tr/o//), "\n";
print strftime("%Y-%m-%d", gmtime(86400 * 365)), " ", floor(-2.5), " ", sprintf("%.3e %b %o", 12345.678, 10, 64), "\n";
local $SIG{ALRM} = sub { die "alarm\n" };
eval { alarm 1; select(undef, undef, undef, 5); }; print "caught $@";
my $pid = open(my $kid, '-|') // die $!;
if (!$pid) { print "child\n"; exit 6 }
print "from the $_" while <$kid>; close $kid; print $? >> 8, "\n";
pipe(my $r, my $w); if (!(my $p = fork)) { print $w "piped\n"; exit 0 } close $w; print <$r>; wait;
my @sorted = map { $_->[1] } sort { $a->[0] <=> $b->[0] } map { [length, $_] } qw(pear fig banana kiwi); print "@sorted[0,-1]\n";
print `sort -n numbers.txt | tail -n 1`;
warn "a warning\n"; die "the end\n";
