"""The shell: settings, the application, what is connected to what, and the `roadmap` command."""
