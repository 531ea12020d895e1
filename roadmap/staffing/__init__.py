"""The roles of a project, their share of time, and the people who fill them."""
