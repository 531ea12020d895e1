"""Roles as people edit them: who holds which, what a role may do, and the effect of a change before it is saved."""
