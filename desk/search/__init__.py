"""Finding roll-outs, tasks, checklist items and people among what a person may see."""
