"""The list of each object, made from the catalogue: filters, columns, order, views, files, many at once."""
