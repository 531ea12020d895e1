"""The second factor: an app that shows a code every 30 seconds, and recovery codes for the day the phone is lost."""
