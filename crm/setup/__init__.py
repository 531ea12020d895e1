"""The index of what is set up in the CRM."""
