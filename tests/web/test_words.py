"""Every action that is written to the trail has words for people, and every word belongs to an action."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from web.words import WORDS

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "infra",
    "accounts",
    "crm",
    "roadmap",
    "checklists",
    "phases",
    "readiness",
    "adoption",
    "desk",
    "reports",
    "web",
)
CALLS = {"transaction": 1, "guarded": 1, "note": 0}
"""Which argument of a call names the action: `transaction(actor, action)`, `guarded(…)`, `work.note(action)`."""


@cache
def actions() -> frozenset[str]:
    """What is written in the product's source, which takes seconds to read."""
    return frozenset(_actions())


def _actions() -> Iterator[str]:
    """The literal action names in the product's source, named constants and tables looked up in their module."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text())
            named = {
                target.id: node.value.value
                for node in tree.body
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in tree.body:
                yield from _undoable(node)
            for call in ast.walk(tree):
                yield from _action(call, named)


def _undoable(node: ast.stmt) -> Iterator[str]:
    """The keys of a room's table of what can be undone; which of them it writes may be chosen as it runs."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)):
        return
    if any(isinstance(target, ast.Name) and target.id == "UNDOABLE" for target in node.targets):
        yield from (str(key.value) for key in node.value.keys if isinstance(key, ast.Constant))


def _action(call: ast.AST, named: dict[str, object]) -> Iterator[str]:
    if not isinstance(call, ast.Call):
        return
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    place = 1 if name == "note" and isinstance(call.func, ast.Name) else CALLS.get(name)
    if place is None or len(call.args) <= place:
        return
    argument = call.args[place]
    value = argument.value if isinstance(argument, ast.Constant) else named.get(getattr(argument, "id", ""))
    if isinstance(value, str):
        yield value


def test_every_action_has_words() -> None:
    assert sorted(actions() - set(WORDS)) == []


def test_every_word_belongs_to_an_action() -> None:
    assert sorted(set(WORDS) - actions()) == []
