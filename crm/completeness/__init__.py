"""How many required fields hold something that is valid, over all records."""
