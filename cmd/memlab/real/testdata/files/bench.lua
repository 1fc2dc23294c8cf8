-- Four classic loads: recursion, tables, strings, floating point; with closures and coroutines between.
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
print("fib", fib(18))

local function tree(depth) return depth == 0 and {} or {tree(depth - 1), tree(depth - 1)} end
local function check(t) return t[1] and 1 + check(t[1]) + check(t[2]) or 1 end
for depth = 4, 8, 2 do print("tree", depth, check(tree(depth))) end

local sieve, primes = {}, 0
for i = 2, 4000 do
  if not sieve[i] then
    primes = primes + 1
    for j = i * i, 4000, i do sieve[j] = true end
  end
end
print("primes", primes)

local x, v = {1.0, 0.5, -1.5}, {0.0, 0.1, -0.2}
for _ = 1, 500 do
  for i = 1, 3 do
    v[i] = v[i] - 0.01 * math.sin(x[i])
    x[i] = x[i] + 0.01 * v[i]
  end
end
print(string.format("pendulum %.12f %.12f %.12g", x[1], x[2], x[3]))

local words = {}
for line in io.lines("sales.csv") do
  local region = line:match("^%d+,(%a+),")
  words[region] = (words[region] or 0) + 1
end
local names = {}
for name in pairs(words) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do io.write(name, "=", words[name], " ") end
print()

local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end end)
print(gen(), gen(), gen())
print(pcall(error, {code = 2}) and "" or "caught", select("#", table.unpack({1, nil, 3}, 1, 3)))
local parts = {}
for i = 1, 300 do parts[#parts + 1] = ("%x"):format(i * 7919) end
print(#table.concat(parts, ":"), (table.concat(parts):gsub("[a-f]", string.upper)):sub(1, 40))
print(7 // 2, -7 % 3, 1 << 40, 0x7fffffffffffffff + 1, 2^53, 10 / 4, string.pack("<i4", -2):byte(1, -1))
collectgarbage()
