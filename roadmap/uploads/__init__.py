"""Files that were sent for a plan, from when somebody looks at one until it is taken over or thrown away."""
