"""The administrator's work on people: add, edit, invite, give instance roles, switch off."""
