"""Telling the records of a report apart by a field: as SQL, by key, and by name as far as the reader may know it."""
