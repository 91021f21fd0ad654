// Format: printf's language for a kernel without a C library: %d %i %u %x %X %c %s %p %% with flags
// '0' and '-', width, precision ('*' too), and the lengths hh h l ll z.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <span>
#include <string_view>

namespace fl {

/// Writes at most out.size() - 1 characters and a zero; returns what was written, without the zero.
std::string_view FormatV(std::span<char> out, const char* format, std::va_list arguments);
std::string_view Format(std::span<char> out, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

}  // namespace fl
