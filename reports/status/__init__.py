"""The status report of a project: one page for an executive, with the roadmap and the checklists behind it."""
