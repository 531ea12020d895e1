"""Switching a module on and off."""

from __future__ import annotations

from crm.access.models import ModuleSwitch
from crm.access.queries import modules_on
from crm.modules import queries
from crm.modules.rules import switching
from crm.objects.rules.catalogue import Module
from infra.transaction import Work, transaction
from kernel.actor import Actor

UNDOABLE = {"module.switched": "crm.setup"}
"""What can be taken back."""


def switch(module: Module, *, on: bool, actor: Actor) -> Work:
    """Switch a module on or off; its records stay as they are. Raises RuleBroken for the last one that is on."""
    with transaction(actor, "module.switched") as work:
        if not on:
            switching.check_one_stays(modules_on(), module)
        row = queries.switch_of(module)
        if row is None:
            work.session.add(ModuleSwitch(module=module.value, on=on))
        else:
            row.on = on
    return work
