import collections, csv, datetime, decimal, hashlib, itertools, json, os, random, re, sqlite3, struct, tempfile, zlib

with open("data.json") as f:
    data = json.load(f)
print(json.dumps(data, sort_keys=True, indent=1))
with open("sales.csv") as f:
    rows = list(csv.reader(f))
print(collections.Counter(r[1] for r in rows).most_common())
text = open("/usr/share/common-licenses/GPL-3").read()
words = re.findall(r"\b[a-z]{9,}\b", text)
print(len(words), collections.Counter(words).most_common(3), re.sub(r"(\w+) (\w+)", r"\2 \1", text[100:160]))
for name in "md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b":
    print(name, hashlib.new(name, text.encode()).hexdigest())
packed = zlib.compress(text.encode(), 9)
print(zlib.crc32(packed) == zlib.crc32(zlib.compress(text.encode(), 9)), zlib.decompress(packed) == text.encode())
print(struct.pack("<hiqd", -1, 2, -3, 0.1).hex(), decimal.Decimal(2).sqrt(), 2**200 % 10007, 7**77)
print(datetime.date(2024, 2, 29) + datetime.timedelta(365), sum(itertools.accumulate(range(100))))
random.seed(7)
print(random.random(), random.sample(range(100), 5), random.gauss(0, 1))
db = sqlite3.connect(":memory:")
db.execute("create table t(a, b)")
db.executemany("insert into t values (?, ?)", ((i, i * i % 17) for i in range(200)))
print(db.execute("select b, count(*) from t group by b order by 2 desc, 1 limit 3").fetchall())
with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "f")
    with open(path, "wb") as f:
        f.write(b"x" * 5000)
    print(os.path.getsize(path), os.listdir(d))
print(os.path.exists(path))

class Node:
    def __init__(self, n):
        self.n, self.me = n, self

import gc
for i in range(500):
    Node(i)
print(gc.collect() > 0)
try:
    [][1]
except IndexError as e:
    print(type(e).__name__, e)
def deep(n):
    return deep(n + 1)
try:
    deep(0)
except RecursionError:
    print("too deep")
raise SystemExit("the last words")
