"""Records counted, added up and compared by up to two of their fields, within what the reader may see."""
