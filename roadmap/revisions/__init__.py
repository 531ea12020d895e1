"""How often the plan of a project changed, so that whoever holds a copy of it knows whether it is still right."""
