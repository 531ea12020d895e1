"""Checklists: sections and items that people tick, their evidence, and the milestones that they guard."""
