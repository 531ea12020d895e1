"""Backups of everything, their return, and the drill that shows that they can return."""
