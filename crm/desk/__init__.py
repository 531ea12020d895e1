"""The help desk at a glance: tickets by the clock, and a board of their states."""
