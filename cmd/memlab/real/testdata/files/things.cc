// Exceptions through frames and threads, streams, containers, and what C++ threads wait on.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

struct Noisy {
	explicit Noisy(int n) : n(n) {}
	~Noisy() { std::cout << "unwound " << n << "\n"; }
	int n;
};

struct Failure : std::runtime_error {
	using std::runtime_error::runtime_error;
};

static int sink(int depth)
{
	Noisy here(depth);
	if (depth == 3)
		throw Failure("at the bottom");
	return sink(depth + 1) + 1;
}

static void nested()
{
	try {
		sink(0);
	} catch (const std::exception &e) {
		std::throw_with_nested(std::logic_error(std::string("after: ") + e.what()));
	}
}

int main()
{
	try {
		nested();
	} catch (const std::logic_error &e) {
		std::cout << e.what() << "\n";
		try {
			std::rethrow_if_nested(e);
		} catch (const Failure &f) {
			std::cout << "inner " << f.what() << "\n";
		}
	}

	std::mutex m;
	std::condition_variable turn;
	std::atomic<long> sum{0};
	int next = 0;
	std::vector<std::thread> threads;
	for (int i = 0; i < 6; i++)
		threads.emplace_back([&, i] {
			for (int k = 0; k < 1000; k++)
				sum += k * i;
			std::unique_lock lock(m);
			turn.wait(lock, [&] { return next == i; });
			std::cout << "thread " << i << "\n";
			next++;
			turn.notify_all();
		});
	for (auto &t : threads)
		t.join();
	std::cout << sum << "\n";

	auto bad = std::async(std::launch::async, []() -> int { throw std::out_of_range("from a thread"); });
	try {
		bad.get();
	} catch (const std::out_of_range &e) {
		std::cout << e.what() << "\n";
	}
	thread_local int local = 4;
	std::thread([] { local = 9; }).join();
	std::cout << local << "\n";

	std::map<std::string, std::vector<int>> by;
	for (int i = 0; i < 200; i++)
		by[std::to_string(i * i % 7)].push_back(i);
	for (const auto &[key, v] : by)
		std::cout << key << ":" << v.size() << "/" << std::accumulate(v.begin(), v.end(), 0) << " ";
	std::cout << std::fixed << std::setprecision(6) << 22 / 7.0 << "\n";
	std::smatch found;
	std::string text = "page 42 of 4096";
	if (std::regex_search(text, found, std::regex("(\\d+) of (\\d+)")))
		std::cout << found[1] << "/" << found[2] << "\n";
	auto big = std::make_unique<std::vector<double>>(200000, 1.5);
	std::cout << std::accumulate(big->begin(), big->end(), 0.0) << "\n";
	try {
		std::vector<int>().at(3);
	} catch (...) {
		std::cout << "any\n";
	}
	throw Failure("nobody catches this");
}
