"""The command that lets the first person in."""

from __future__ import annotations

import click

from accounts.access import queries as access
from accounts.access import rules as access_rules
from accounts.access import service as access_service
from accounts.directory import service
from accounts.directory.rules import Entry
from accounts.people import queries as people
from accounts.people.rules import PersonData, clean_email
from accounts.secondfactor import service as second_factor
from accounts.signin import service as signin
from infra.command import format_option, print_data, with_app
from infra.wires import wires
from kernel.actor import INSTANCE, SYSTEM


@click.group()
def user() -> None:
    """People who sign in.

    Example: roadmap user add ann@example.org --name "Ann Lee" --role administrator
    """


@user.command("add")
@click.argument("email")
@click.option("--name", default="", help="The name; by default what stands before the @.")
@click.option(
    "--role",
    type=click.Choice([role.key for role in access_rules.INSTANCE_ROLES]),
    default=None,
    help="The role in the whole instance; the first person is an administrator unless told otherwise.",
)
@format_option
@with_app
def add(email: str, name: str, role: str | None, output: str) -> None:
    """Add a person, or give one who is there already a new link, and print the link to set a password.

    The link works once, for seven days (for one day when the person has a password already).

    Example: roadmap user add ann@example.org --role administrator
    """
    address = clean_email(email) or ""
    now = wires().clock()
    known = people.by_email(address) if address else None
    if known is None:
        wanted = role or (access_rules.PERSON if access.administrators() else access_rules.ADMINISTRATOR)
        data = PersonData(name or address.partition("@")[0], address or None)
        person_id, token = service.add(Entry(data, wanted, invite=True), now=now, actor=SYSTEM)
    else:
        person_id = known.id
        if role:
            access_service.set_role(person_id, role, INSTANCE, actor=SYSTEM)
        token = signin.make_link(person_id, now=now, actor=SYSTEM)
    link = link_address(token or "")
    print_data(output, {"id": person_id, "email": address, "link": link}, lambda: link)


@user.command("reset-second-factor")
@click.argument("email")
@with_app
def reset_second_factor(email: str) -> None:
    """Take away the second factor of somebody who lost phone and recovery codes; they are told.

    Example: roadmap user reset-second-factor ann@example.org
    """
    person = people.by_email(email)
    if person is None:
        raise click.ClickException(f"Nobody signs in as {email}.")
    second_factor.reset(person.id, actor=SYSTEM)
    click.echo(f"Taken away: a password is enough to sign in as {person.name}.")


def link_address(token: str) -> str:
    """The whole address of a one-time link, at the address that people reach the instance by."""
    base = wires().settings.base_url or "http://127.0.0.1:8090"
    return base + f"/sign-in/link?token={token}"


COMMANDS = (user,)
