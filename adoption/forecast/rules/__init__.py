"""Weeks of a figure, and what they say about the twelfth."""
