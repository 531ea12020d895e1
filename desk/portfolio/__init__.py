"""Every roll-out that a person may see, one line each, and what waits for that person."""
