"""A new roll-out from a template: its dates before one confirms, then all of it planted in one transaction."""
