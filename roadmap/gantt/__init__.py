"""The Gantt chart of a plan: pure geometry, drawn on the server as SVG for the screen and for paper."""
