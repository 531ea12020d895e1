"""Tickets at work: what is said about them, and the steps from new to closed."""
