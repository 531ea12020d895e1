"""The figures of the product, each measured by a script that prints it."""
