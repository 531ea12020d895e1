"""Evidence from what the system counts itself: figures and data of the CRM, tests of access, drills, answer times."""
