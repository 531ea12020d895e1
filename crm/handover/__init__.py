"""Handing the open records of one person over to another."""
