"""The rules of modules, a file a subject: what goes with a module, and the maps."""
