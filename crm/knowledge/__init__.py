"""Articles that answer what people ask, and whether they helped."""
