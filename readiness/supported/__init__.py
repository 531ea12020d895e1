"""How the help desk of a roll-out stands, as evidence."""
