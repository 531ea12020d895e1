"""Notices: what happened that concerns a person, shown in the product and mailed as that person wishes."""
