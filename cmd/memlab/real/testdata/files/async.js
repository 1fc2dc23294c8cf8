const fs = require('fs'), crypto = require('crypto'), zlib = require('zlib');
const { execFileSync } = require('child_process');
const data = JSON.parse(fs.readFileSync('data.json', 'utf8'));
console.log(data.machines.map(m => m.name).join(), data.version);
console.log(crypto.createHash('sha256').update(fs.readFileSync('sales.csv')).digest('hex'));
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
console.log(fib(20), 2n ** 100n, [3, 1, 2].sort(), /(?<y>\d+)/.exec('in 2024').groups.y);
console.log(zlib.gunzipSync(zlib.gzipSync('packed')).toString());
Promise.resolve('promise').then(console.log);
process.on('exit', c => console.log('exit', c));
fs.readFile('old.txt', (e, b) => {
  console.log(b.length);
  process.exitCode = 3;
  setTimeout(() => console.log('timer'), 5); // here: whether 5 ms or a file come first is the host's affair
});
console.log(execFileSync('echo', ['child']).toString());
