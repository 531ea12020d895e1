"""Who holds which role where: memberships, and the instance's own grants."""
