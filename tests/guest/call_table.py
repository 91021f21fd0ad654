"""call_table.py SYSTEM_CALLS_CPP HEADER: the kernel's table of system calls, for programs that call them by
number."""
import pathlib
import re
import sys


def main():
    source, header = map(pathlib.Path, sys.argv[1:])
    calls = re.findall(r'^ +\{"(\w+)", \w+, (\d+)[,}]', source.read_text(), re.MULTILINE)
    assert len(calls) > 100, 'the table looks otherwise than this knows it'
    lines = ''.join(f'    {{"{name}", {count}}},\n' for name, count in calls)
    header.write_text('// Made of kernel/syscall/system_calls.cpp, in its order.\n'
                      'typedef struct {\n  const char* name;\n  unsigned int arguments;\n} KernelCall;\n'
                      f'static const KernelCall kernel_calls[] = {{\n{lines}}};\n')


if __name__ == '__main__':
    main()
