"""How often strangers may knock at a public door, counted in the database so that all processes see it."""
