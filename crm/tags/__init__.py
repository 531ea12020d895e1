"""Tags on records: a word and a colour."""
