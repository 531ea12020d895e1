"""What a report asks of the records of an object, and which records these are for one reader."""
