"""Two or more records become one: field by field, with all that hangs on them, and back again."""
