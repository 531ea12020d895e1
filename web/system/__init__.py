"""The health of the system on a page for administrators: response times, errors, time in service, what doctor finds."""
