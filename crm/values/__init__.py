"""Values of one's own fields: where they lie, how SQL reads them, and the index that finds records by them."""
