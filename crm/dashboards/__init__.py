"""Dashboards: the figures of sales, leads, campaigns and of the whole, for a period, a team or a person."""
