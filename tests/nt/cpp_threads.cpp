// Threads: a mutex, a condition variable, atomics, futures with values and with exceptions, variables of
// threads, sleep.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <numeric>
#include <queue>
#include <thread>
#include <vector>

#include "cpp.h"
#include "thrower.h"

namespace {

constexpr int kThreads = 4;

// Without a destructor: mingw-w64 runs those of threads' variables after it has freed the variables.
thread_local int thread_count = 0;

void CountUnderMutex() {
  std::mutex mutex;
  std::atomic<int> atomic_count = 0, counts_of_threads = 0;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5000; ++n) {
        const std::lock_guard lock(mutex);
        ++count;
        ++atomic_count;
        ++thread_count;
      }
      CHECK(thread_count == 5000);
      counts_of_threads += thread_count;
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::cout << "threads: " << count << " under the mutex, " << counts_of_threads
            << " in variables of the threads" << std::endl;
  CHECK(count == kThreads * 5000 && atomic_count == count && counts_of_threads == count &&
        thread_count == 0);
}

void PassNumbers() {
  std::mutex mutex;
  std::condition_variable more;
  std::queue<int> numbers;
  bool closed = false;
  std::vector<std::thread> consumers;
  std::atomic<long> sum = 0;
  for (int i = 0; i < kThreads; ++i) {
    consumers.emplace_back([&] {
      std::unique_lock lock(mutex);
      while (true) {
        more.wait(lock, [&] { return closed || !numbers.empty(); });
        if (numbers.empty()) return;
        sum += numbers.front();
        numbers.pop();
      }
    });
  }
  for (int n = 1; n <= 1000; ++n) {
    const std::lock_guard lock(mutex);
    numbers.push(n);
    more.notify_one();
  }
  {
    const std::lock_guard lock(mutex);
    closed = true;
  }
  more.notify_all();
  for (std::thread& consumer : consumers) consumer.join();
  std::cout << "threads: the numbers passed sum up to " << sum << std::endl;
  CHECK(sum == 500500);
}

void UseFutures() {
  std::vector<std::future<int>> answers;
  for (int i = 0; i < kThreads; ++i) {
    answers.push_back(std::async(std::launch::async, [i] {
      std::vector<int> numbers(100);
      std::iota(numbers.begin(), numbers.end(), i);
      return std::accumulate(numbers.begin(), numbers.end(), 0);
    }));
  }
  int sum = 0;
  for (auto& answer : answers) sum += answer.get();
  std::future<void> refusal = std::async(std::launch::async, [] { Refuse(77, 4); });
  int number = 0;
  try {
    refusal.get();
  } catch (const Refusal& caught) {
    number = caught.number;
  }
  std::cout << "threads: futures say " << sum << ", and refuse with " << number << std::endl;
  CHECK(sum == 4 * 4950 + 600 && number == 77);
}

void Sleep() {
  using namespace std::chrono;
  const auto start = steady_clock::now();
  std::this_thread::sleep_for(milliseconds(60));
  const auto slept = duration_cast<milliseconds>(steady_clock::now() - start).count();
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock lock(mutex);
  const bool timed_out = nobody.wait_for(lock, milliseconds(30)) == std::cv_status::timeout;
  std::cout << "threads: slept" << (slept >= 55 ? " long enough" : " too short") << std::endl;
  CHECK(slept >= 55 && timed_out);
}

}  // namespace

void RunThreads() {
  CountUnderMutex();
  PassNumbers();
  UseFutures();
  Sleep();
}
