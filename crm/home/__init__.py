"""My day: what waits for somebody in the CRM now, and where they were."""
