"""Sign-offs: whose word a gate asks for, who gave it, whether that is enough, and what has to be asked again."""
