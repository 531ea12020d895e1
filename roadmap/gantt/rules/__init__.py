"""Where everything of a Gantt chart stands, in pixels, as pure functions of the plan and of what one wants to see."""
