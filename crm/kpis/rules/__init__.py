"""The definitions of the figures and what follows from them."""
