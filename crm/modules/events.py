"""What is asked before a module is switched off."""

from __future__ import annotations

from dataclasses import dataclass

from crm.objects.rules.catalogue import Module
from kernel.questions import Question


@dataclass(frozen=True, slots=True)
class MaySwitchOffModule(Question):
    """What would be hidden if this module were switched off? Obstacles are warnings here: records stay as they are."""

    module: Module
    leaving: frozenset[str]
    """The keys of the objects that nobody could see any more."""
