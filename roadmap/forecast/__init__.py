"""The forecast: a plan run thousands of times with its estimates and risks, kept, and scored by what happened."""
