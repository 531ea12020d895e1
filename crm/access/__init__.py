"""Who may do what with which records and fields: roles, their grants, shared records, and the one answer."""
