"""How runpe ends when it is not by the program's own exit status; runpe --help explains the statuses."""

EXIT_USAGE = 240
EXIT_NO_SUCH_FILE = 241
EXIT_NOT_PE = 242
EXIT_WRONG_MACHINE = 243
EXIT_MISSING_DLL = 244
EXIT_MISSING_EXPORT = 245
EXIT_TIMEOUT = 246
EXIT_BUGCHECK = 247
EXIT_HOST = 248
EXIT_START = 249


class Failure(Exception):
    """Ends runpe with a message and an exit status."""

    def __init__(self, status, message, outcome):
        super().__init__(message)
        self.status, self.outcome = status, outcome
