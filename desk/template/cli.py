"""The commands that list, show and check project templates."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kernel.errors import RuleBroken

from . import queries
from .rules import Element, Problem, elements

_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)


@click.group()
def template() -> None:
    """List, show and check project templates.

    Example: roadmap template show crm-90-day
    """


@template.command("list")
@_FORMAT
def list_templates(form: str) -> None:
    """Print the templates that there are.

    Example: roadmap template list
    """
    heads = [queries.load(name).template for name in queries.names()]
    rows = [{"key": head.key, "name": head.name, "description": head.description, "days": head.days} for head in heads]
    _print(form, {"templates": rows}, [f"{row['key']}  {row['name']}. {row['description']}" for row in rows])


@template.command("show")
@click.argument("name")
@_FORMAT
def show_template(name: str, form: str) -> None:
    """Print every element of the template NAME, one element a thing.

    Example: roadmap template show crm-90-day --format json
    """
    try:
        found = queries.load(name)
    except RuleBroken as error:
        raise click.ClickException(error.message) from error
    parts = elements(found)
    _print(form, {"name": found.template.name, "elements": [_plain(part) for part in parts]}, _outline(parts))


@template.command("validate")
@click.argument("file", type=click.Path(path_type=Path))
@_FORMAT
def validate_template(file: Path, form: str) -> None:
    """Check FILE, the folder of a template or one of its YAML files; mistakes are printed with file, line and field.

    Example: roadmap template validate my-template/
    """
    problems = queries.validate(file)
    if form == "json":
        click.echo(json.dumps({"valid": not problems, "problems": [asdict(each) for each in problems]}, indent=2))
    elif not problems:
        click.echo(f"{file.name} is valid.")
    if problems:
        _complain(problems)


def _complain(problems: list[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)
    raise click.exceptions.Exit(1)


def _plain(element: Element) -> dict[str, Any]:
    plain = asdict(element)
    details = plain.pop("details")
    return {**plain, **{name: value for name, value in details.items() if name not in plain}}


def _outline(parts: list[Element]) -> list[str]:
    return [f"{part.kind:<14} {part.key}: {part.name}" for part in parts]


def _print(form: str, data: dict[str, Any], lines: list[str]) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False) if form == "json" else "\n".join(lines))


COMMANDS = (template,)
