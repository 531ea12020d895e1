"""The choices of the fields: value and label, in the order in which people read them."""

from __future__ import annotations

Choices = tuple[tuple[str, str], ...]

INDUSTRIES: Choices = (
    ("biotechnology", "Biotechnology"),
    ("chemicals", "Chemicals"),
    ("education", "Education and research"),
    ("energy", "Energy and water"),
    ("food", "Food and drink"),
    ("health", "Health care"),
    ("manufacturing", "Manufacturing"),
    ("pharma", "Pharmaceuticals"),
    ("public", "Public administration"),
    ("services", "Services"),
    ("textiles", "Textiles"),
    ("other", "Other"),
)
ACCOUNT_KINDS: Choices = (
    ("prospect", "Prospect"),
    ("customer", "Customer"),
    ("partner", "Partner"),
    ("former", "Former customer"),
)
REGIONS: Choices = (
    ("nordics", "Nordics"),
    ("dach", "Germany, Austria, Switzerland"),
    ("benelux", "Benelux"),
    ("west", "Western Europe"),
    ("south", "Southern Europe"),
    ("east", "Eastern Europe"),
    ("americas", "Americas"),
    ("asia", "Asia and Pacific"),
)
SOURCES: Choices = (
    ("web", "Web"),
    ("event", "Event"),
    ("referral", "Referral"),
    ("mail", "E-mail campaign"),
    ("phone", "Phone"),
    ("partner", "Partner"),
    ("social", "Social media"),
    ("other", "Other"),
)
LEAD_STATUSES: Choices = (
    ("new", "New"),
    ("contacted", "Contacted"),
    ("mql", "Marketing qualified"),
    ("sql", "Sales qualified"),
    ("converted", "Converted"),
    ("disqualified", "Disqualified"),
)
RATINGS: Choices = (("hot", "Hot"), ("warm", "Warm"), ("cold", "Cold"))
ACTIVITY_KINDS: Choices = (("call", "Call"), ("email", "E-mail"), ("meeting", "Meeting"), ("task", "Task"))
ACTIVITY_STATES: Choices = (("planned", "Planned"), ("done", "Done"), ("dropped", "Dropped"))
DIRECTIONS: Choices = (("out", "By us"), ("in", "By them"))
CAMPAIGN_KINDS: Choices = (
    ("mail", "E-mail"),
    ("event", "Event"),
    ("webinar", "Webinar"),
    ("ads", "Advertising"),
    ("social", "Social media"),
    ("phone", "Phone"),
)
CAMPAIGN_STATES: Choices = (
    ("planned", "Planned"),
    ("running", "Running"),
    ("finished", "Finished"),
    ("dropped", "Dropped"),
)
LOST_REASONS: Choices = (
    ("price", "Price"),
    ("competitor", "A competitor won"),
    ("timing", "Wrong time"),
    ("budget", "No budget"),
    ("fit", "Does not fit"),
    ("silent", "No answer any more"),
    ("other", "Other"),
)
ORIGINS: Choices = (
    ("entered", "Entered by a person"),
    ("converted", "From a lead"),
    ("imported", "Imported"),
    ("migrated", "Migrated"),
    ("automatic", "Made by the system"),
)
TICKET_KINDS: Choices = (
    ("question", "Question"),
    ("incident", "Something is broken"),
    ("request", "Wish"),
    ("problem", "Problem behind several tickets"),
)
TICKET_STATES: Choices = (
    ("new", "New"),
    ("triaged", "Triaged"),
    ("in-progress", "In progress"),
    ("waiting", "Waiting for the requester"),
    ("escalated", "Escalated"),
    ("resolved", "Resolved"),
    ("verified", "Verified"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
)
SEVERITIES: Choices = (("critical", "Critical"), ("high", "High"), ("medium", "Medium"), ("low", "Low"))
IMPACTS: Choices = (
    ("organisation", "The organisation"),
    ("department", "A department"),
    ("team", "A team"),
    ("person", "One person"),
)
PRIORITIES: Choices = SEVERITIES
CHANNELS: Choices = (
    ("page", "Reported on a page"),
    ("mail", "E-mail"),
    ("phone", "Phone"),
    ("form", "Web form"),
    ("person", "In person"),
)
TICKET_CATEGORIES: Choices = (
    ("access", "Signing in and access"),
    ("data", "Data"),
    ("error", "Error message"),
    ("how-to", "How something is done"),
    ("performance", "Slow or not reachable"),
    ("integration", "Connection to another system"),
    ("delivery", "Order and delivery"),
    ("invoice", "Invoice and payment"),
    ("product", "Product and quality"),
    ("other", "Other"),
)
