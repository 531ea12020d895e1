"""The first page of a roll-out: where it stands, what is late, what comes next."""
