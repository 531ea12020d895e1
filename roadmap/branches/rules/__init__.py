"""What holds of branches whatever stores them: the shot of a plan, the merge of two, and who may do what."""

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

ALL = Visibility.ALL
NAME_LIMIT, WHY_LIMIT = 120, 2_000
MOST_OPEN = 20
"""How many branches of one plan may be open at a time: each is a whole plan that has to be kept in step."""

GRANTS = (
    *allow("branch.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("branch.make", administrator=ALL, manager=ALL),
    *allow("branch.merge", administrator=ALL, manager=ALL),
)
"""Whoever sees the plan sees what else was thought of; the manager tries things on and decides what becomes of them."""


def check_name(name: str) -> str:
    """The name without surrounding blanks. Raises RuleBroken when it is missing or too long."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise RuleBroken("branch.name", "Say what is tried: “Two more trainers”.", field="name")
    if len(cleaned) > NAME_LIMIT:
        text = "The name has %(length)s characters; at most %(limit)s fit."
        raise RuleBroken("branch.name_long", text, field="name", length=len(cleaned), limit=NAME_LIMIT)
    return cleaned


def check_why(why: str) -> str:
    """The reason as it is kept. Raises RuleBroken when it is too long."""
    if len(why) > WHY_LIMIT:
        text = "The text has %(length)s characters; at most %(limit)s fit."
        raise RuleBroken("branch.why_long", text, field="why", length=len(why), limit=WHY_LIMIT)
    return why.strip()


def check_trunk(state: str, *, is_branch: bool, open_branches: int) -> None:
    """Raise RuleBroken unless a project can be branched: it runs, is no branch itself and has not too many."""
    if is_branch:
        text = "This is a branch already. Branch the plan itself, or go on here."
        raise RuleBroken("branch.of_branch", text)
    if state != "active":
        text = "This project is %(state)s: what would be tried on it could not be merged back."
        raise RuleBroken("branch.trunk_over", text, state=state)
    if open_branches >= MOST_OPEN:
        text = "There are %(count)s open branches. Merge one or throw one away first."
        raise RuleBroken("branch.many", text, count=open_branches)
