"""A plan as a file: its rows, the columns of a sheet, the fields of a document, and what can be wrong in them."""
