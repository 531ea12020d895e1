"""What a roll-out contains and what it does not, as lists that change requests add to and take from."""
