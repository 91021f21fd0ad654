// The C++ library: containers, texts, regular expressions, threads and what they wait for, file systems.
#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <regex>
#include <set>
#include <shared_mutex>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

int failures = 0;
template <typename T, typename U>
void Is(const char* name, const T& seen, const U& expected) {
  std::cout << name << ": " << seen;
  if (!(seen == expected)) std::cout << ", EXPECTED " << expected, ++failures;
  std::cout << '\n';
}

void Containers() {
  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::mt19937 random(42);
  std::shuffle(numbers.begin(), numbers.end(), random);
  std::set<int> ordered(numbers.begin(), numbers.end());
  Is("a set of all", ordered.size(), 1000u);
  std::stable_sort(numbers.begin(), numbers.end(), [](int a, int b) { return a % 10 < b % 10; });
  Is("sorted by the last digit",
     std::is_sorted(numbers.begin(), numbers.end(), [](int a, int b) { return a % 10 < b % 10; }),
     true);
  std::unordered_map<std::string, int> words;
  std::istringstream text("the cat and the dog and the bird");
  for (std::string word; text >> word;) ++words[word];
  Is("how often", words["the"], 3);
  std::priority_queue<int> queue;
  for (int i : {5, 1, 8, 3}) queue.push(i);
  Is("the first of a queue", queue.top(), 8);
  std::list<int> list = {3, 1, 2};
  list.sort();
  std::ostringstream out;
  std::copy(list.begin(), list.end(), std::ostream_iterator<int>(out, " "));
  Is("a list", out.str(), "1 2 3 ");
  std::deque<int> ends;
  for (int i = 0; i < 10000; ++i) i % 2 ? ends.push_back(i) : ends.push_front(i);
  Is("both ends", ends.front() + ends.back(), 9998 + 9999);
  std::variant<int, std::string> either = "text";
  Is("either",
     std::visit([](const auto& v) -> std::size_t { return sizeof(v) == sizeof(int) ? 0 : 1; },
                either),
     1u);
  Is("bits", std::bitset<16>(0xA5).to_string(), "0000000010100101");
  auto shared = std::make_shared<int>(7);
  std::weak_ptr<int> weak = shared;
  shared.reset();
  Is("a weak pointer knows", weak.expired(), true);
}

void Texts() {
  std::string line = "key1=value1; key2=value2";
  std::regex pair(R"((\w+)=(\w+))");
  std::string found;
  for (std::sregex_iterator it(line.begin(), line.end(), pair), end; it != end; ++it)
    found += (*it)[2].str() + ",";
  Is("found by an expression", found, "value1,value2,");
  Is("replaced", std::regex_replace(line, pair, "$2:$1"), "value1:key1; value2:key2");
  std::ostringstream out;
  out << std::setw(8) << std::setfill('.') << 3.14159 << '|' << std::hex << std::uppercase << 48879
      << '|' << std::oct << 8 << '|' << std::setprecision(3) << std::scientific << 12345.678;
  Is("formatted", out.str(), ".3.14159|BEEF|10|1.235E+04");
  Is("a number", std::stod("2.5e2"), 250.0);
  try {
    std::stoi("none");
  } catch (const std::exception& error) {
    Is("no number", std::string(error.what()), "stoi");
  }
}

void Threads() {
  std::mutex mutex;
  std::condition_variable changed;
  std::queue<int> queue;
  bool done = false;
  std::atomic<int> sum = 0;
  std::vector<std::thread> consumers;
  for (int i = 0; i < 4; ++i) {
    consumers.emplace_back([&] {
      for (;;) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return done || !queue.empty(); });
        if (queue.empty()) return;
        const int value = queue.front();
        queue.pop();
        lock.unlock();
        sum += value;
      }
    });
  }
  for (int i = 1; i <= 1000; ++i) {
    std::lock_guard lock(mutex);
    queue.push(i);
    changed.notify_one();
  }
  {
    std::lock_guard lock(mutex);
    done = true;
  }
  changed.notify_all();
  for (auto& consumer : consumers) consumer.join();
  Is("consumed", sum.load(), 500500);

  std::shared_mutex shared;
  int value = 0;
  std::vector<std::thread> both;
  std::atomic<int> odd = 0;
  for (int i = 0; i < 3; ++i) {
    both.emplace_back([&] {
      for (int k = 0; k < 100; ++k) {
        std::unique_lock lock(shared);
        ++value;
        std::this_thread::yield();
        ++value;
      }
    });
    both.emplace_back([&] {
      for (int k = 0; k < 100; ++k) {
        std::shared_lock lock(shared);
        odd += value % 2;
      }
    });
  }
  for (auto& thread : both) thread.join();
  Is("written", value, 600);
  Is("seen half written", odd.load(), 0);

  auto future = std::async(std::launch::async, [] { return std::string("from another thread"); });
  Is("a future", future.get(), "from another thread");
  std::promise<int> promise;
  auto refused = promise.get_future();
  promise.set_exception(std::make_exception_ptr(std::out_of_range("refused")));
  try {
    refused.get();
  } catch (const std::out_of_range& error) {
    Is("an exception by a promise", std::string(error.what()), "refused");
  }
  std::once_flag once;
  int times = 0;
  for (int i = 0; i < 5; ++i) std::call_once(once, [&] { ++times; });
  Is("once", times, 1);
  const auto start = std::chrono::steady_clock::now();
  std::timed_mutex timed;
  timed.lock();
  std::thread waits([&] {
    Is("a lock that does not come", timed.try_lock_for(std::chrono::milliseconds(30)), false);
  });
  waits.join();
  timed.unlock();
  Is("took its time", std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(25),
     true);
}

void Files() {
  namespace fs = std::filesystem;
  Is("there", fs::exists("C:\\tree\\lines.txt"), true);
  Is("not there", fs::exists("C:\\tree\\none"), false);
  Is("a directory", fs::is_directory("C:\\tree\\sub"), true);
  Is("its size", fs::file_size("C:\\tree\\numbers.txt"), 13000u);
  std::set<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator("C:\\tree"))
    all.insert(entry.path().generic_string());
  for (const auto& path : all) std::cout << "  " << path << '\n';
  std::error_code error;
  Is("no size", fs::file_size("C:\\tree\\none", error) + 1, 0u);
  Is("  an error", error.value() != 0, true);
  const fs::path path = "C:\\dir\\..\\file.tar.gz";
  Is("extension", path.extension().string(), ".gz");
  Is("stem", path.stem().string(), "file.tar");
  Is("normal", path.lexically_normal().string(), "C:\\file.tar.gz");
  std::ifstream file("C:\\tree\\numbers.txt");
  Is("lines", std::count(std::istreambuf_iterator<char>(file), {}, '\n'), 1000);
}

}  // namespace

int main() {
  Containers();
  Texts();
  Threads();
  Files();
  std::cout << failures << " failed" << std::endl;
  return failures != 0;
}
