"""Which dashboards there are, which periods one can choose, and how a figure changed."""
