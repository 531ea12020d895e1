"""Texts with places in braces that a record's values fill: "Call {name} of {company}"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Mark

_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
LINK, OWNER, RULE = "link", "owner", "automation"
"""What a text may name besides fields: the record's address, the name of its owner, and of the rule."""
SUBJECT_LENGTH, BODY_LENGTH, TASK_LENGTH, SAID_LENGTH = 200, 5_000, 200, 300


def places(text: str) -> list[str]:
    """The places of a text, in their order.

    >>> places("Call {name} of {company} {}")
    ['name', 'company']
    """
    return _PLACE.findall(text)


def known(subject: ObjectType) -> Mapping[str, str]:
    """What the texts about an object may name, with what it is called; nothing sensitive."""
    fields = {each.key: each.label for each in subject.fields if each.mark is not Mark.SENSITIVE}
    return {**fields, OWNER: "Owner", LINK: "The record's address", RULE: "The automation's name"}


def fill(text: str, look: Callable[[str], str]) -> str:
    """A text with its places filled; what ``look`` does not know stays away.

    >>> fill("Call {name}!", {"name": "Ines"}.__getitem__)
    'Call Ines!'
    """
    return _PLACE.sub(lambda found: look(found.group(1)), text)
