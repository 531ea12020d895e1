"""Commands that look at the application itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import AnyConverter, BuildError, Rule

from crm.knowledge.rules.articles import Audience, State
from infra import http
from infra.command import format_option, print_data, table, with_app
from infra.database import Base, db

TABLES = {
    "attachment_id": "attachment",
    "browser_id": "known_browser",
    "calendar_id": "work_calendar",
    "checklist_id": "checklist",
    "evidence_id": "checklist_evidence",
    "exception_id": "calendar_exception",
    "item_id": "checklist_item",
    "person_id": "person",
    "baseline_id": "baseline",
    "branch_id": "project",
    "other_id": "baseline",
    "deal_id": "crm_opportunity",
    "project_id": "project",
    "record_id": "crm_lead",
    "role_id": "project_role",
    "section_id": "checklist_section",
    "session_id": "sign_in_session",
    "task_id": "task",
    "view_id": "saved_view",
}
"""Where an example of each number comes from; other names are tried as the name of a table."""
HOMES = {"branch_id": "branch_of_id"}
"""The column that tells the project, where that is another than ``project_id``."""
LATEST = {"branch_id", "other_id"}
"""Numbers whose example is the largest: a branch that is open, a baseline beside the first."""
OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    "crm_consent": {"key": "news"},
    "crm_fields": {"kind": "lead", "key": "x_property_type"},
    "crm_kpis": {"key": "win-rate"},
    "crm_roles": {"key": "sales-representative"},
    "dashboards": {"key": "sales"},
    "record": {"key": "company"},
    "tickets": {"key": "resolve"},
}
"""Examples in the rooms that call something else by a word than others do."""
SHOWN: Mapping[str, Mapping[str, str]] = {
    "crm_knowledge.for_visitor": {"state": State.PUBLISHED.value, "audience": Audience.CUSTOMERS.value},
}
"""Pages that show some rows only: what these hold."""
WORDS = {
    "plural": "leads",
    "target": "account",
    "module": "sales",
    "name": "launch90-20260218T013000Z-daily.tar.gz",
    "kind": "task",
    "measure": "days",
    "day": "2026-02-17",
    "format": "csv",
    "token": "one-time-token",
    "transaction_id": "0" * 32,
}
"""Examples of what is no number."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way into the application."""

    method: str
    path: str
    permission: str
    example: str


@click.command()
@format_option
@with_app
def routes(output: str) -> None:
    """List every page: method, path, the permission it asks for, and an example address in this data folder.

    Example: roadmap routes --format json
    """
    found = all_routes()
    heads = ["method", "path", "permission", "example"]
    print_data(
        output,
        [asdict(route) for route in found],
        lambda: table([list(asdict(route).values()) for route in found], heads),
    )


def all_routes() -> list[Route]:
    """Every route but files that are served as they are, by path and method."""
    example_of = _examples()
    rules = [rule for rule in current_app.url_map.iter_rules() if rule.endpoint.rpartition(".")[2] != "static"]
    found = [
        Route(method, path_of(rule.rule), http.permission_of(rule.endpoint) or "", example_of(rule))
        for rule in rules
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda route: (route.path, route.method))


def path_of(rule: str) -> str:
    """A path as people write it: the project is ``<id>``, other places have their name.

    >>> path_of("/projects/<int:project_id>/tasks/<int:task_id>")
    '/projects/<id>/tasks/<task_id>'
    """
    return re.sub(r"<(?:[^<>:]+:)?([^<>:]+)>", lambda found: f"<{found[1]}>", rule).replace("<project_id>", "<id>")


def _examples() -> Callable[[Rule], str]:
    """A function that fills a route's places with rows that there are, the first project's where it has some."""
    models = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]  # all map tables
    project_id = _some(models["project"], None) or 1
    known: dict[tuple[str, ...], int] = {}

    def number(name: str, shown: Mapping[str, str]) -> int:
        key = (name, *shown.values())
        if key not in known:
            table = TABLES.get(name, name.removesuffix("_id"))
            model = models.get(table) or models.get(f"crm_{table}")
            home = HOMES.get(name, "project_id")
            found = _some(model, project_id, home, last=name in LATEST, shown=shown) if model else None
            known[key] = project_id if name == "project_id" else found or 1
        return known[key]

    def example(rule: Rule) -> str:
        words = {**WORDS, **OWN_WORDS.get(rule.endpoint.partition(".")[0], {})}
        shown = SHOWN.get(rule.endpoint, {})
        values = {name: words[name] if name in words else number(name, shown) for name in rule.arguments}
        values |= {name: choices[0] for name, choices in _choices(rule).items() if values[name] not in choices}
        with suppress(BuildError):
            return current_app.url_map.bind("localhost").build(rule.endpoint, values)
        return rule.rule

    return example


def _choices(rule: Rule) -> dict[str, list[str]]:
    """The places of a route that take some words only, each with these."""
    return {name: sorted(each.items) for name, each in rule._converters.items() if isinstance(each, AnyConverter)}  # noqa: SLF001  # told nowhere else


def _some(
    model: type[Base],
    project_id: int | None,
    home: str = "project_id",
    *,
    last: bool = False,
    shown: Mapping[str, str] | None = None,
) -> int | None:
    """The smallest or largest number in a table, in one project where it knows them; None without a database.

    ``shown``: only among the rows that hold these values.
    """
    columns: Any = model.__table__.columns
    statement = select(model.id).order_by(model.id.desc() if last else model.id).limit(1)
    if project_id is not None and home in columns:
        statement = statement.where(columns[home] == project_id)
    statement = statement.where(*(columns[key] == value for key, value in (shown or {}).items()))
    try:
        return db.session.scalar(statement)
    except SQLAlchemyError:
        db.session.rollback()
        return None


COMMANDS = (routes,)
