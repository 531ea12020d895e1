"""Templates read from disk."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kernel.errors import RuleBroken

from .rules import Document, Problem, Template, assemble, check, check_sections, check_shape, read_document

LIBRARY = Path(__file__).parent / "library"
MAX_FILES = 200
MAX_BYTES = 2_000_000


class TemplateInvalid(RuleBroken):
    """A template that cannot be used; `problems` name file, line, field and what would be right."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems and say the first."""
        self.problems = problems
        super().__init__(
            "template.invalid",
            "The template has %(count)s mistakes, first: %(first)s",
            count=len(problems),
            first=str(problems[0]),
        )


class TemplateUnknown(RuleBroken):
    """There is no shipped template of this name."""

    def __init__(self, name: str) -> None:
        """Say which there are."""
        super().__init__(
            "template.unknown",
            "There is no template “%(name)s”. There is: %(known)s.",
            name=name,
            known=", ".join(names()),
        )


def names() -> list[str]:
    """The keys of the shipped templates."""
    return sorted(head.parent.name for head in LIBRARY.glob("*/template.yaml"))


@cache
def load(name: str) -> Template:
    """A shipped template, read once. Raises `TemplateUnknown` or `TemplateInvalid`."""
    if name not in names():
        raise TemplateUnknown(name)
    return load_folder(LIBRARY / name)


def load_folder(path: Path) -> Template:
    """The template in a folder of YAML files. Raises `TemplateInvalid` with every problem found."""
    template, problems = _read_folder(path)
    if template is None or problems:
        raise TemplateInvalid(problems)
    return template


def validate(path: Path) -> list[Problem]:
    """What is wrong with a folder, or with one file: inside its template's folder if it has one, else with the shipped.

    A file that stands alone replaces the entries of the same key in the first shipped template for the check.
    """
    path = path.absolute()
    if path.is_dir():
        return _read_folder(path)[1]
    document, problems = _read_file(path, path.name)
    if document is None:
        return problems
    problems = check_shape(document, _schemas())
    return problems or _check_in_place(path, document)


def _check_in_place(path: Path, document: Document) -> list[Problem]:
    if "template" in document.data and path.name != "template.yaml":
        return _finish([document], path.name)[1]
    for folder in (path.parent, path.parent.parent):
        if (folder / "template.yaml").is_file():
            name = path.relative_to(folder).as_posix()
            return [problem for problem in _read_folder(folder)[1] if problem.file in (name, folder.name)]
    return _check_alone(document)


def _check_alone(document: Document) -> list[Problem]:
    others, _ = _shipped(LIBRARY / names()[0])
    return _finish([*(_without(other, document) for other in others), document], document.file)[1]


def _without(other: Document, document: Document) -> Document:
    """The other file less the entries that this one brings along."""
    if not (set(other.data) & set(document.data)) - {"phase"}:
        return other
    data: dict[str, Any] = {}
    for section, value in other.data.items():
        new = document.data.get(section)
        if section == "phase" or new is None:
            data[section] = value
        elif isinstance(value, list):
            keys = {entry["key"] for entry in new}
            data[section] = [entry for entry in value if entry["key"] not in keys]
    return Document(other.file, data)


def _read_folder(path: Path) -> tuple[Template | None, list[Problem]]:
    documents, problems = _shipped(path) if path.parent == LIBRARY else _documents(path)
    return (None, problems) if problems else _finish(documents, path.name)


def _finish(documents: list[Document], name: str) -> tuple[Template | None, list[Problem]]:
    problems = check_sections(documents, name)
    if problems:
        return None, sorted(problems)
    template = assemble(documents)
    return template, check(template)


@cache
def _shipped(path: Path) -> tuple[list[Document], list[Problem]]:
    """The files of a shipped template, read once: they don't change while the application runs."""
    return _documents(path)


def _documents(path: Path) -> tuple[list[Document], list[Problem]]:
    files = sorted(file for file in path.rglob("*.yaml") if file.is_file())[: MAX_FILES + 1]
    if not files or len(files) > MAX_FILES:
        what = f"holds {'no' if not files else 'too many'} YAML files."
        return [], [Problem(path.name, 1, "folder", what, f"A template has 1 to {MAX_FILES} files ending in .yaml.")]
    read = [_read_file(file, file.relative_to(path).as_posix()) for file in files]
    documents = [document for document, _ in read if document]
    problems = [problem for _, found in read for problem in found]
    for document in documents:
        problems += check_shape(document, _schemas())
    return documents, sorted(problems)


def _read_file(path: Path, name: str) -> tuple[Document | None, list[Problem]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Problem(name, 1, "file", "is too large.", f"At most {MAX_BYTES} bytes are read.")]
        return read_document(path.read_text("utf-8"), name)
    except UnicodeDecodeError:
        return None, [Problem(name, 1, "file", "is not text in UTF-8.", "Save it as a YAML file in UTF-8.")]
    except OSError as error:
        return None, [Problem(name, 1, "file", f"cannot be read: {error.strerror}.", "Name a file or a folder.")]


def documents(name: str) -> list[Document]:
    """The files of a shipped template as they were read. Raises `TemplateUnknown`."""
    if name not in names():
        raise TemplateUnknown(name)
    return list(_shipped(LIBRARY / name)[0])


def schemas() -> Mapping[str, Mapping[str, Any]]:
    """The JSON Schema of each section."""
    return _schemas()


@cache
def _schemas() -> Mapping[str, Mapping[str, Any]]:
    files = sorted((LIBRARY / "schema").glob("*.json"))
    return {file.stem: json.loads(file.read_text("utf-8")) for file in files}
