"""From a row of a file to a record: what the columns mean, who or what is meant, and what becomes of the row."""
