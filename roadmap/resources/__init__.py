"""Who works on what when: allocations of people to roles, and the load that comes of them and of the tasks."""
