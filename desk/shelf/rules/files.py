"""A template as files: YAML by section, in the layout of the shipped library, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from desk.template.rules import Document, Problem, read_document

HEAD = "template"
ORDER = (
    HEAD, "phases", "roles", "tasks", "checklists", "risks", "meetings", "communication", "training", "scope",
    "objectives", "metrics", "deliverables", "automations", "reports", "kpis", "sla", "gates",
)  # fmt: skip
_WIDTH = 100


def to_text(sections: Mapping[str, Any]) -> str:
    """Sections as one YAML text, in the order of the library."""
    out = StringIO()
    writer = YAML()
    writer.width, writer.default_flow_style, writer.allow_unicode = _WIDTH, False, True
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump({name: sections[name] for name in ORDER if name in sections}, out)
    return out.getvalue()


def to_files(sections: Mapping[str, Any]) -> dict[str, str]:
    """One file a section; empty sections have none."""
    return {f"{name}.yaml": to_text({name: sections[name]}) for name in ORDER if sections.get(name)}


def from_files(files: Mapping[str, str]) -> tuple[list[Document], list[Problem]]:
    """Files read with distrust; what can't be understood is a problem with its line."""
    read = [read_document(text, name) for name, text in sorted(files.items())]
    return [document for document, _ in read if document], [problem for _, found in read for problem in found]


def strays(documents: Sequence[Document], section: str) -> list[Problem]:
    """What a text that should hold one section holds besides, each with its line."""
    right = f"Keep {section}: alone here; other sections are edited on their own."
    return [
        Problem(document.file, document.line((name,)), name, "is another section.", right)
        for document in documents
        for name in document.data
        if name != section
    ]


def merged(documents: Sequence[Document]) -> dict[str, Any]:
    """The sections of several files as one; entries of a file with a phase of its own carry it."""
    sections: dict[str, Any] = {}
    for document in documents:
        for name, value in document.data.items():
            if name == "phase":
                continue
            if not isinstance(value, list):
                sections[name] = value
                continue
            sections.setdefault(name, []).extend(
                _with_phase(name, entry, document.data.get("phase")) for entry in value
            )
    return sections


def _with_phase(section: str, entry: Any, phase: Any) -> Any:
    wanted = section in ("tasks", "checklists") and phase is not None and isinstance(entry, dict)
    return {**entry, "phase": phase} if wanted and "phase" not in entry else entry
