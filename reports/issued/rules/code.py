"""The short code that is printed in a report: from its content, easy to type, told apart from other words."""

import hashlib
import re

LENGTH = 10
SLOT = "\ue000code\ue001"
"""Where the code will stand in a document: letters that nobody types."""
_GROUPS = (4, 8)


def code_of(document: str) -> str:
    """The code of a document in which `SLOT` stands for it: ten hexadecimal digits of its SHA-256.

    >>> code_of("Status report 6"), code_of("Status report 7") == code_of("Status report 6")
    ('495BDF8D69', False)
    """
    return hashlib.sha256(document.encode()).hexdigest()[:LENGTH].upper()


def spelled(code: str) -> str:
    """A code as it is printed.

    >>> spelled("7F3A90C1E2")
    '7F3A-90C1-E2'
    """
    first, second = _GROUPS
    return "-".join((code[:first], code[first:second], code[second:]))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, whatever signs stand between its digits; None for what can't be one.

    >>> read_code(" 7f3a 90c1–e2 "), read_code("7F3A-90C1"), read_code("O")
    ('7F3A90C1E2', None, None)
    """
    digits = re.sub(r"[\s\-–—_.:]", "", typed).upper()  # dashes that people and programs put in
    return digits if re.fullmatch(rf"[0-9A-F]{{{LENGTH}}}", digits) else None
