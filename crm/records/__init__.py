"""The records themselves: their tables, and the one door through which they are read and written."""
