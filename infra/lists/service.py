"""Saved views: kept, renamed, deleted and made the default by the person who saved them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from infra.database import db
from infra.http import SIGNED_IN
from infra.lists.models import SavedView
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken

LONGEST_NAME = 80
LONGEST_QUERY = 2000
MOST = 50
UNDOABLE = {"view.deleted": SIGNED_IN, "view.renamed": SIGNED_IN}
"""What can be taken back: by whoever did it, nothing more is needed."""


def views_of(page: str, scope: str, reader: Actor) -> Sequence[SavedView]:
    """The views that a reader finds on a list: their own and shared ones, by name."""
    return db.session.scalars(
        select(SavedView)
        .where(
            SavedView.page == page,
            SavedView.scope == scope,
            or_(SavedView.person_id == reader.id, SavedView.shared.is_(True)),
        )
        .order_by(SavedView.name, SavedView.id)
    ).all()


def save_view(page: str, scope: str, name: str, query: str, *, shared: bool, actor: Actor) -> int:
    """Keep a view under a name; the same name again replaces it. Gives its number.

    Raises RuleBroken for no name, a long one, a query that is too long, or too many views.
    """
    name = _clean_name(name)
    if len(query) > LONGEST_QUERY:
        raise RuleBroken("views.too_long", "This view has too many conditions to be kept. Take some away.")
    with transaction(actor, "view.saved") as work:
        own = db.session.scalars(
            select(SavedView).where(
                SavedView.page == page, SavedView.scope == scope, SavedView.person_id == (actor.id or 0)
            )
        ).all()
        view = next((each for each in own if each.name == name), None)
        if view is None:
            if len(own) >= MOST:
                raise RuleBroken("views.too_many", "You have %(most)s views here. Delete one first.", most=MOST)
            view = SavedView(person_id=actor.id or 0, page=page, scope=scope, name=name)
            work.session.add(view)
        view.query, view.shared = query, shared
        work.session.flush()
        return view.id


def rename_view(view_id: int, name: str, *, actor: Actor) -> Work:
    """Give one's own view another name; raises RuleBroken when one has a view of that name already."""
    with transaction(actor, "view.renamed") as work:
        view = own_view(view_id, actor=actor)
        name = _clean_name(name)
        taken = select(SavedView.id).where(
            SavedView.page == view.page,
            SavedView.scope == view.scope,
            SavedView.person_id == view.person_id,
            SavedView.name == name,
            SavedView.id != view.id,
        )
        if db.session.scalar(taken) is not None:
            raise RuleBroken("views.taken", "You have a view named “%(name)s” already.", field="name", name=name)
        view.name = name
    return work


def delete_view(view_id: int, *, actor: Actor) -> Work:
    """Delete one's own view; it can be undone."""
    with transaction(actor, "view.deleted") as work:
        work.session.delete(own_view(view_id, actor=actor))
    return work


def set_default(view_id: int, wanted: bool, *, actor: Actor) -> None:  # noqa: FBT001  # the state of a switch
    """Open the list with this view from now on, or no longer."""
    with transaction(actor, "view.default_set"):
        chosen = own_view(view_id, actor=actor)
        for view in views_of(chosen.page, chosen.scope, actor):
            if view.person_id == actor.id:
                view.is_default = wanted and view.id == view_id


def own_view(view_id: int, *, actor: Actor) -> SavedView:
    """A view that the actor saved. Raises NotFound for any other."""
    view = db.session.get(SavedView, view_id)
    if view is None or actor.id is None or view.person_id != actor.id:
        raise NotFound
    return view


def _clean_name(name: str) -> str:
    cleaned = " ".join(name.replace("\0", "").split())
    if not cleaned:
        raise RuleBroken("views.name", "Give the view a name.", field="name")
    if len(cleaned) > LONGEST_NAME:
        raise RuleBroken("views.name_long", "The name can have %(limit)s characters.", field="name", limit=LONGEST_NAME)
    return cleaned
