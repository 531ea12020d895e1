"""Asking for help: reporting a problem from any page, and what became of what one asked."""
