"""Signing in and out: sessions, the count of tries, one-time links to set a password."""
