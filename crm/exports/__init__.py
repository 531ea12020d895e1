"""All records of an object as a table: what figures are computed from can be taken out and counted by anybody."""
