1i\
the first line
/^[[:space:]]*$/d
s/\([A-Z][a-z]*\) \([A-Z][a-z]*\)/\2 \1/g
/GNU/!{
	y/aeiou/AEIOU/
	h
}
/version/{
	G
	s/\n/ | /
}
20,$d
$a\
the end
