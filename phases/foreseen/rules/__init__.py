"""What is foreseen: its kinds, its states, what its details mean in words, and who may see and change it."""

from kernel.permission import Visibility, allow

from .details import Phrase, in_words
from .kinds import KINDS, Kind, kind_of
from .states import NOTE_LIMIT, Counts, State, check_move, check_note, count, is_late, may_move, state_named

ALL = Visibility.ALL
GRANTS = (
    *allow("foreseen.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("foreseen.edit", administrator=ALL, manager=ALL, member=ALL),
)

__all__ = [
    "GRANTS",
    "KINDS",
    "NOTE_LIMIT",
    "Counts",
    "Kind",
    "Phrase",
    "State",
    "check_move",
    "check_note",
    "count",
    "in_words",
    "is_late",
    "kind_of",
    "may_move",
    "state_named",
]
