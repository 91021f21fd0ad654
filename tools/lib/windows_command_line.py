"""A list of arguments as one Windows command line, by the rules that MSVCRT splits it with.

Source: Microsoft Learn, "Parsing C command-line arguments": blanks and tabs separate, quotation
marks group; backslashes are literal unless they stand before a quotation mark.
"""


def quote_program(path):
    """The first token has simpler rules: quotation marks group, nothing escapes."""
    return f'"{path}"' if ' ' in path or '\t' in path else path


def quote_argument(argument):
    if argument and not any(c in ' \t\n\v"' for c in argument):
        return argument
    quoted, backslashes = '"', 0
    for c in argument:
        if c == '\\':
            backslashes += 1
            continue
        # Before a quotation mark every backslash must be doubled, and the mark itself escaped.
        quoted += '\\' * (2 * backslashes + 1 if c == '"' else backslashes) + c
        backslashes = 0
    return quoted + '\\' * (2 * backslashes) + '"'


def join(program, arguments):
    return ' '.join([quote_program(program), *map(quote_argument, arguments)])
