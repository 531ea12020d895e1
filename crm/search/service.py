"""Building the index for searching anew, where it is not whole."""

from __future__ import annotations

from crm.search import queries
from crm.search.models import build, build_values
from crm.search.rules import SOUGHT
from infra.transaction import transaction
from kernel.actor import Actor


def rebuild(actor: Actor, *, all_of_it: bool = False) -> list[str]:
    """Build what is not whole, or all of it; the objects whose index was built. PostgreSQL keeps its own whole."""
    if not queries.is_sqlite():
        return []
    wanted = [kind for kind in SOUGHT if all_of_it or not queries.agrees(kind)]
    for kind in wanted:
        with transaction(actor, "search.rebuilt") as work:
            build(work.session.connection(), kind)
            work.note("search.rebuilt", label=kind)
    if all_of_it or not queries.values_agree():
        with transaction(actor, "search.rebuilt") as work:
            build_values(work.session.connection())
            work.note("search.rebuilt", label="own fields")
        wanted.append("own fields")
    return wanted
