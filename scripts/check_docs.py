"""Checks the documentation: links lead somewhere; every command, setting and page is described."""

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
SETTING = re.compile(r"\bROADMAP_[A-Z_]+\b")
PARAMETER = re.compile(r"<(?:[a-z_]+(?:\([^)]*\))?:)?[a-z_]+>")
NOT_PAGES = ("/static/", "/api/", "/dev/")


def pages_of_docs(root: Path) -> list[Path]:
    """Return the documentation's files."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets on code hosts: lower case, hyphens, no signs."""
    words = re.sub(r"[^\w\s-]", "", heading.replace("`", "").lower())
    return re.sub(r"\s", "-", words.strip())


def anchors(text: str) -> set[str]:
    """Return the anchors of a page."""
    return {anchor(heading) for heading in HEADING.findall(FENCE.sub("", text))}


def broken_links(root: Path) -> Iterator[str]:
    """Give each link to a file or heading that is not there."""
    for page in pages_of_docs(root):
        for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, fragment = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists():
                yield f"{page.relative_to(root)}: the link to {target} leads nowhere"
            elif fragment and file.suffix == ".md" and fragment not in anchors(file.read_text(encoding="utf-8")):
                yield f"{page.relative_to(root)}: {name or 'this page'} has no heading #{fragment}"


def undescribed(kind: str, names: Iterable[str], text: str) -> list[str]:
    """Return a sentence for each name that does not occur in `text` as a whole."""
    return [
        f"the {kind} `{name}` is not described in docs/"
        for name in sorted(set(names))
        if not re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w/<-])", text)
    ]


def settings(root: Path) -> set[str]:
    """Return the names of the settings that the shell reads."""
    return {name for file in (root / "web").rglob("*.py") for name in SETTING.findall(file.read_text(encoding="utf-8"))}


def path_for_people(rule: str) -> str:
    """Return a route's path as `roadmap routes` writes it: `/projects/<id>/roadmap`."""
    return PARAMETER.sub("<id>", rule)


def commands() -> Iterator[str]:
    """Give every command of `roadmap`, with its group: `roadmap plan show`."""
    import click  # noqa: PLC0415 - the rest of this file needs no installation

    from web import cli, wiring  # noqa: PLC0415 - the same

    def walk(command: click.Command, name: str) -> Iterator[str]:
        if not isinstance(command, click.Group):
            yield name
            return
        for child, inner in command.commands.items():
            yield from walk(inner, f"{name} {child}")

    for command in wiring.commands():
        if command.name not in cli.roadmap.commands:
            cli.roadmap.add_command(command)
    yield from walk(cli.roadmap, "roadmap")


def pages() -> Iterator[str]:
    """Give the path of every page that people open."""
    from web.app import create_app  # noqa: PLC0415 - the rest of this file needs no installation
    from web.settings import read  # noqa: PLC0415 - the same

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read({"ROADMAP_DATA_DIR": folder}))
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(NOT_PAGES):
            yield path_for_people(rule.rule)


def problems(root: Path = ROOT) -> list[str]:
    """Return everything that is wrong, a sentence each."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages_of_docs(root))
    return [
        *broken_links(root),
        *undescribed("command", commands(), text),
        *undescribed("setting", settings(root), text),
        *undescribed("page", pages(), text),
    ]


if __name__ == "__main__":
    found = problems()
    print("\n".join(found) or "The documentation is whole.")
    sys.exit(bool(found))
