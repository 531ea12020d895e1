"""What goes when a module is switched off, and that one stays on."""

from __future__ import annotations

from crm.objects.rules.catalogue import OBJECTS, Module, ObjectType
from kernel.errors import RuleBroken

MEANING: dict[Module, tuple[str, str]] = {
    Module.SALES: ("Sales", "Deals in a pipeline, what is sold, and the leads that become deals."),
    Module.MARKETING: ("Marketing", "Campaigns, what they reach and cost, and the leads that they bring."),
    Module.SERVICE: ("Service", "Tickets of customers and colleagues, their queues and clocks, and the answers."),
}
PLACES = {"pipeline": "opportunity", "campaigns": "campaign"}
"""Places of the CRM that are named otherwise than the object that they show."""


def there(modules: frozenset[Module]) -> frozenset[str]:
    """The objects that are there while these modules are on.

    >>> sorted(there(frozenset({Module.SERVICE})))
    ['account', 'activity', 'contact', 'ticket']
    """
    return frozenset(key for key, subject in OBJECTS.items() if subject.modules & modules)


def leaving(modules: frozenset[Module], module: Module) -> frozenset[str]:
    """The objects that go when a module is switched off while the others stay as they are.

    >>> sorted(leaving(frozenset(Module), Module.SALES))
    ['opportunity', 'product']
    """
    return there(modules) - there(modules - {module})


def check_one_stays(modules: frozenset[Module], module: Module) -> None:
    """Refuse to switch the last module off. Raises RuleBroken."""
    if modules == {module}:
        raise RuleBroken("modules.last", "It is the last module that is on. Switch another one on first.")


def hidden_place(segment: str, modules: frozenset[Module]) -> ObjectType | None:
    """The object that a part of an address speaks of, if its modules are all off; None for any other.

    >>> hidden_place("pipeline", frozenset({Module.SERVICE})).key, hidden_place("accounts", frozenset({Module.SERVICE}))
    ('opportunity', None)
    """
    found = OBJECTS.get(PLACES.get(segment, segment)) or next(
        (each for each in OBJECTS.values() if each.plural == segment), None
    )
    return found if found is not None and not found.modules & modules else None


def module_names(subject: ObjectType) -> str:
    """The modules of an object in words.

    >>> module_names(OBJECTS["lead"])
    'Marketing or Sales'
    """
    return " or ".join(sorted(MEANING[each][0] for each in subject.modules))
