%s/\v(\w+) and a (\w+)/\2 and \1/
g/^s/normal Ax
$put ='line ' . line('$')
sort
w! vim.out
q!
