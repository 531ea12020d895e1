"""What holds of templates of one's own: who may, how they are written, what is taken from a roll-out, what changed."""

from desk.shelf.rules.compare import Change, Differences, differences
from desk.shelf.rules.files import ORDER, from_files, merged, strays, to_files, to_text
from desk.shelf.rules.grants import GRANTS, check_head, check_text, key_of, may_edit
from desk.shelf.rules.loose import essential, loosened

__all__ = [
    "GRANTS",
    "ORDER",
    "Change",
    "Differences",
    "check_head",
    "check_text",
    "differences",
    "essential",
    "from_files",
    "key_of",
    "loosened",
    "may_edit",
    "merged",
    "strays",
    "to_files",
    "to_text",
]
