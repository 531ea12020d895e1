"""The day of the launch: what is done, what is next, who signs in, what goes wrong."""
