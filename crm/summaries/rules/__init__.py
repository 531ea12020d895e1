"""What the cells of a report add up to."""
