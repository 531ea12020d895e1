"""Change requests: what, why, the effect measured from a branch, decided by the project's rules, applied, kept."""
