"""The organisation: people, companies, calendars; sign-in, roles and memberships; the administrator's pages."""
