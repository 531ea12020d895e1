"""Levelling: a plan in which nobody is asked for more than they have, as a proposal to take, take in part or leave."""
