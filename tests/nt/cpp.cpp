// cpp [PART...]: the C++ runtime at work, in parts: streams, maps, files, exceptions, threads; without
// arguments all of them.
#include "cpp.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iomanip>
#include <map>
#include <sstream>
#include <string>
#include <vector>

void Failed(const char* file, int line, const char* what) {
  std::cout.flush();
  std::cerr << file << ":" << line << ": " << what << " does not hold" << std::endl;
  std::_Exit(1);
}

namespace {

void RunStreams() {
  std::ostringstream text;
  text << std::hex << std::showbase << 0xC0FFEE << ' ' << std::dec << -42 << ' ' << std::fixed
       << std::setprecision(3) << 2.0 / 3 << ' ' << std::setw(8) << std::setfill('*') << 17 << ' '
       << std::boolalpha << true << ' ' << std::scientific << 12345.678;
  std::cout << "streams: " << text.str() << std::endl;
  CHECK(text.str() == "0xc0ffee -42 0.667 ******17 true 1.235e+04");
  std::istringstream numbers("1 2 3.5 x");
  double sum = 0, number;
  while (numbers >> number) sum += number;
  CHECK(sum == 6.5 && numbers.fail() && !numbers.bad());
}

void RunMaps() {
  std::map<std::string, int> squares;
  for (int i = 999; i >= 0; --i) squares["number " + std::to_string(i)] = i * i;
  CHECK(squares.size() == 1000);
  CHECK(squares.at("number 31") == 961);
  std::string previous;
  long long sum = 0;
  for (const auto& [name, square] : squares) {
    CHECK(previous < name);
    previous = name;
    sum += square;
  }
  std::cout << "maps: 1000 squares, the last is that of " << previous << ", the sum is " << sum
            << std::endl;
  CHECK(sum == 332833500);
}

void RunFiles() {
  const char* const name = "cpp_test.txt";
  {
    std::ofstream file(name);
    CHECK(file.is_open());
    for (int i = 0; i < 500; ++i) file << "line " << i << '\n';
    CHECK(file.good());
  }
  std::ifstream file(name, std::ios::binary);
  CHECK(file.is_open());
  std::string line;
  std::size_t lines = 0, bytes = 0;
  while (std::getline(file, line)) {
    CHECK(line == "line " + std::to_string(lines) + "\r");
    bytes += line.size() + 1;
    ++lines;
  }
  file.close();
  std::cout << "files: " << lines << " lines, " << bytes << " bytes" << std::endl;
  CHECK(lines == 500 && bytes == 4890);
  CHECK(std::remove(name) == 0);
  CHECK(!std::ifstream(name).is_open());
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<void()>> parts = {{"streams", RunStreams},
                                                              {"maps", RunMaps},
                                                              {"files", RunFiles},
                                                              {"exceptions", RunExceptions},
                                                              {"threads", RunThreads}};
  std::vector<std::string> wanted(argv + 1, argv + argc);
  if (wanted.empty()) wanted = {"streams", "maps", "exceptions", "threads", "files"};
  for (const std::string& part : wanted) {
    const auto found = parts.find(part);
    if (found == parts.end()) {
      std::cerr << "cpp: there is no part " << part << std::endl;
      return 2;
    }
    found->second();
  }
  std::cout << "done" << std::endl;
}
