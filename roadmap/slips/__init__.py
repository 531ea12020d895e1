"""Milestones that move to later days: who is told, once a day and project."""
