"""Editing a plan where it is drawn: acts as data, what would follow from them, many steps back and forth."""
