"""The CRM: its objects and records, who may do what with them, how they are worked with, and the figures they give."""
