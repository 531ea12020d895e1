"""The pure forecast: a plan, its estimates and risks in; quantiles, chances and drivers out."""
