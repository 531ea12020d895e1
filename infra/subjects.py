"""What comments and files hang on: a subject such as ``task:12``, described by the room that owns it.

A room gives a function from a row's number to a `Subject`; the shell's wiring lists it under the kind's name. So the
shared parts ask the owner who may see, comment and attach, without knowing any room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from infra.wires import wires
from kernel.actor import INSTANCE, Actor
from kernel.errors import NotFound, Refused
from kernel.permission import Facts

SUBJECTS = "subjects"
_LONGEST_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that people talk about: its label, its scope, its page, and the permissions that its owner asks for.

    ``see``, ``comment`` and ``attach`` are action names of the grant tables, asked in ``scope`` with ``facts``.
    ``called`` says what it is called for a reader, where some may not know its label.
    """

    key: str
    label: str
    scope: str
    address: str
    see: str
    comment: str = "comment.add"
    attach: str = "file.add"
    facts: Facts = field(default_factory=Facts)
    called: Callable[[Actor], str] | None = None


Resolver = Callable[[int], Subject | None]


def find(key: str, actor: Actor) -> Subject:
    """The subject behind a key; raises NotFound for an unknown one and for one that the actor may not see."""
    subject = resolve(key)
    if subject is None or not may(actor, subject.see, subject):
        raise NotFound
    return replace(subject, label=label_for(subject, actor))


def label_for(subject: Subject, reader: Actor) -> str:
    """What a subject is called for a reader who may see it."""
    return subject.label if subject.called is None else subject.called(reader)


def resolve(key: str) -> Subject | None:
    """The subject behind a key, whoever asks; None for one that is not there."""
    kind, _, number = key.partition(":")
    resolver = _resolvers().get(kind)
    if resolver is None or not (number.isascii() and number.isdigit()) or len(number) > _LONGEST_NUMBER:
        return None
    return resolver(int(number))


def name_of(scope: str) -> str:
    """What people call a scope: the name of what it stands for, nothing for the whole instance."""
    if scope == INSTANCE:
        return ""
    found = resolve(scope)
    return found.label if found else scope


def may(actor: Actor, permission: str, subject: Subject) -> bool:
    """Whether the actor may do something to a subject."""
    return bool(wires().policy.decide(actor, permission, subject.scope, subject.facts))


def demand(actor: Actor, permission: str, subject: Subject) -> None:
    """Raise Refused unless the actor may do this to the subject."""
    if not may(actor, permission, subject):
        raise Refused


def _resolvers() -> Mapping[str, Resolver]:
    return cast("Mapping[str, Resolver]", wires().extras.get(SUBJECTS, {}))
