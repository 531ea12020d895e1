"""The command that creates a roll-out."""

from __future__ import annotations

from datetime import date, datetime

import click

from accounts.calendars import rules as calendars
from accounts.people import queries as people
from desk.setup import service
from desk.setup.service import DEFAULT_TEMPLATE, NewProject
from infra.command import format_option, print_data, with_app
from infra.wires import wires
from kernel.actor import SYSTEM
from kernel.errors import NotFound

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def project() -> None:
    """Roll-outs: create, list, show.

    Example: roadmap project new "Europe launch" --start 2026-03-02
    """


@project.command("new")
@click.argument("name")
@click.option("--template", default=DEFAULT_TEMPLATE, show_default=True, help="The template that it is made from.")
@click.option("--start", type=_DAY, required=True, help="The first day, such as 2026-03-02.")
@click.option("--holidays", default="", metavar="CC[-SUB]", help="Whose public holidays are stepped over: BE, DE-BY.")
@click.option("--target", type=_DAY, default=None, help="The day that the go-live is wanted by.")
@click.option("--manager", default="", metavar="EMAIL", help="Who manages it; the person has to exist.")
@format_option
@with_app
def new(
    name: str, template: str, start: datetime, holidays: str, target: datetime | None, manager: str, output: str
) -> None:
    """Create the roll-out NAME from a template, with all its dates, and print its number.

    Example: roadmap project new "Europe launch" --start 2026-03-02 --holidays DE-BY --target 2026-04-24
    """
    country, subdivision = calendars.parse_place(holidays)
    wanted = NewProject(
        name=name,
        start=start.date(),
        template=template,
        country=country,
        subdivision=subdivision,
        timezone=str(wires().settings.timezone),
        target_go_live=_day(target),
        manager_id=_person(manager),
    )
    project_id = service.create(wanted, actor=SYSTEM, now=wires().clock())
    print_data(output, {"id": project_id}, lambda: str(project_id))


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _person(email: str) -> int | None:
    if not email:
        return None
    found = people.by_email(email)
    if found is None:
        raise NotFound(
            "Nobody has the address %(email)s. Add them first: roadmap user add %(email)s", email=email[:200]
        )
    return found.id


COMMANDS = (project,)
