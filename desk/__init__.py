"""Pages that gather: portfolio, project overview, my work, search, and the set-up of a project from a template."""
