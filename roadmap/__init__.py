"""The plan: projects, tasks, dependencies, schedule, cost, forecast, resources and risks."""
