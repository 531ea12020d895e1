"""The catalogue of objects and fields, and what a value of a field may be."""
