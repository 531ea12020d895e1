"""Undo: the trail's change set of one action, applied backwards in one new action."""

from infra.undo.service import Undone, flash_undo, kept, undo

__all__ = ["Undone", "flash_undo", "kept", "undo"]
