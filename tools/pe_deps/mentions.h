// Which files of a list a program's bytes speak of: what it may load at run time by name. A guess in
// one direction only: a file too many costs a little of the disk, and nothing else.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <span>
#include <string>

namespace fl::deps {

/// The names that `known` accepts (they come in lower case) and that end somewhere in `bytes` in
/// ".dll" or ".exe", in 8-bit or 16-bit characters. Other text may run into a name from the left, as in
/// the string tables of some compilers: the longest known ending counts.
std::set<std::string> FindMentions(std::span<const std::byte> bytes,
                                   const std::function<bool(const std::string&)>& known);

}  // namespace fl::deps
