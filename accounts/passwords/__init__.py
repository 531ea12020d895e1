"""Passwords: what makes a good one, and their hashing by Flask-Security."""
