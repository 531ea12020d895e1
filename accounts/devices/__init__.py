"""Browsers that a person signed in with before, so that a new one is news."""
