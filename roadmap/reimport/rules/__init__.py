"""Which row of a file is which of the plan, and the plan that would come of it."""
