"""Whether the sections of a file have the shape that their JSON Schema asks for, and what they become."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from jsonschema import Draft202012Validator, ValidationError

from .documents import Document, Path
from .entries import Entry, Template
from .places import Place, Problem

Schemas = Mapping[str, Mapping[str, Any]]
NEEDED = ("template", "phases", "roles", "tasks")
_NAMES = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}
_NAMES |= {"array": "a list", "object": "fields with values"}


def check_shape(document: Document, schemas: Schemas) -> list[Problem]:
    """What in this file does not have the right shape, in the order of lines."""
    found = [_unknown_section(document, name, schemas) for name in document.data if name not in schemas]
    for name, value in document.data.items():
        if name in schemas:
            errors = Draft202012Validator(schemas[name]).iter_errors(value)
            found += [_problem(document, name, error) for error in errors]
    return sorted(set(found))


def _unknown_section(document: Document, name: str, schemas: Schemas) -> Problem:
    right = f"Sections are {', '.join(sorted(schemas))}."
    return Problem(document.file, document.line((name,)), name, "is not a section of a template.", right)


def _problem(document: Document, section: str, error: ValidationError) -> Problem:
    path: Path = (section, *error.absolute_path)
    what, right, extra = _EXPLAIN.get(error.validator, _explain_value)(error)
    line = document.line((*path, extra) if extra else path)
    names = [str(part) for part in (*path, extra) if isinstance(part, str) and part]
    return Problem(document.file, line, names[-1], what, right)


def _wanted(error: Any) -> str:
    return str(error.schema.get("description", "another value"))


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _explain_value(error: Any) -> tuple[str, str, str]:
    return f"is “{_short(error.instance)}”.", f"It must be {_wanted(error)}.", ""


def _explain_type(error: Any) -> tuple[str, str, str]:
    wanted = _NAMES.get(str(error.validator_value), str(error.validator_value))
    return f"is “{_short(error.instance)}”, which is not {wanted}.", f"It must be {_wanted(error)}.", ""


def _explain_missing(error: Any) -> tuple[str, str, str]:
    missing = [name for name in error.validator_value if name not in error.instance]
    name = next(name for name in missing if f"'{name}'" in error.message)
    wanted = error.schema["properties"][name].get("description", "a value")
    whose = error.instance.get("key") or error.instance.get("name")
    return f"is missing{f' in {_short(whose)}' if whose else ''}.", f"Add {name}: {wanted}.", name


def _explain_extra(error: Any) -> tuple[str, str, str]:
    known = error.schema["properties"]
    name = next(name for name in error.instance if name not in known)
    return "is not a field here.", f"Fields are {', '.join(known)}.", str(name)


def _explain_length(error: Any) -> tuple[str, str, str]:
    return f"has {len(error.instance)} characters or entries.", f"It must be {_wanted(error)}.", ""


_EXPLAIN: Mapping[object, Callable[[Any], tuple[str, str, str]]] = {
    "type": _explain_type,
    "required": _explain_missing,
    "additionalProperties": _explain_extra,
    "maxLength": _explain_length,
    "maxItems": _explain_length,
    "minItems": _explain_length,
}


def assemble(documents: Sequence[Document]) -> Template:
    """The template that these files make up. They must have passed `check_shape` and `check_sections`."""
    values: dict[str, Any] = {}
    for document in documents:
        for section, value in document.data.items():
            if section == "template":
                values[section] = _entry(_types(Template)[section], value, (section,), document)
            elif section != "phase":
                kind = get_args(_types(Template)[section])[0]
                values[section] = (*values.get(section, ()), *_entries(kind, value, (section,), document))
    return Template(**values)


def check_sections(documents: Iterable[Document], name: str) -> list[Problem]:
    """What a whole template lacks, or has twice though it stands once."""
    heads = [document for document in documents if "template" in document.data]
    present = {section for document in documents for section in document.data}
    found = [
        Problem(name, 1, section, "is missing in the whole template.", f"Add a file with the section {section}:.")
        for section in NEEDED
        if section not in present
    ]
    for head in heads[1:]:
        what = f"stands in {heads[0].file} too."
        found.append(Problem(head.file, head.line(("template",)), "template", what, "Keep one of them."))
    for document in documents:
        found += _check_phase(document)
    return found


def _check_phase(document: Document) -> list[Problem]:
    if "phase" in document.data:
        return []
    right = "Add phase: and the key of a phase, to the entry or at the top of the file."
    return [
        Problem(document.file, document.line((section, place)), "phase", f"is missing in {entry['key']}.", right)
        for section in ("tasks", "checklists")
        for place, entry in enumerate(document.data.get(section, ()))
        if "phase" not in entry
    ]


@cache
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _entries(kind: type[Entry], values: Iterable[Any], path: Path, document: Document) -> list[Entry]:
    return [_entry(kind, value, (*path, place), document) for place, value in enumerate(values)]


def _entry(kind: Any, value: Mapping[str, Any], path: Path, document: Document) -> Entry:
    types = _types(kind)
    given = {("from_" if name == "from" else name): (name, each) for name, each in value.items()}
    made = {name: _value(types[name], each, (*path, old), document) for name, (old, each) in given.items()}
    if "phase" in types and "phase" not in made:
        made["phase"] = document.data["phase"]
    lines = {name: document.line((*path, name)) for name in value}
    entry: Entry = kind(place=Place(document.file, document.line(path), lines), **made)
    return entry


def _value(wanted: Any, value: Any, path: Path, document: Document) -> Any:
    if get_origin(wanted) is UnionType:
        wanted = get_args(wanted)[0]
    if get_origin(wanted) is tuple:
        inner = get_args(wanted)[0]
        is_entry = isinstance(inner, type) and issubclass(inner, Entry)
        return tuple(_entries(inner, value, path, document)) if is_entry else tuple(value)
    if isinstance(wanted, type) and issubclass(wanted, Entry):
        return _entry(wanted, value, path, document)
    return float(value) if wanted is float else value
