"""What the kick-off settles: what is in and out of scope, and the requests to change that or the plan."""
