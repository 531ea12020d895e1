"""What people ask the help desk of the demo, and how it ends. All invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is asked again and again: in which words, how bad it is, the first answer and what solves it.

    ``alone`` says that no first contact could have solved it, such as something that has to be sent.
    """

    name: str
    question: str
    kind: str
    category: str
    severity: str
    impact: str
    first: str
    solved: str
    cause: str = ""
    alone: bool = False


CUSTOMERS: tuple[Trouble, ...] = (
    Trouble(
        "When does my order arrive?",
        "We ordered four weeks ago and have heard nothing since. Our laboratory waits for it.",
        *("question", "delivery", "low", "team"),
        "I ask the warehouse and come back to you today.",
        "It left the warehouse this morning; the number of the parcel is in your mail.",
    ),
    Trouble(
        "The balance drifts by two milligrams",
        "Since the move to the new bench the B50 shows two milligrams more every hour.",
        *("incident", "product", "medium", "team"),
        "Please let it run in for a night and send me the values of the morning.",
        "The bench stood beside the air outlet. On the stone table the values hold.",
        "A draught from the air conditioning.",
    ),
    Trouble(
        "Spectrometer does not find its lamp",
        "The S2 says “no lamp” after the start. We changed the lamp; it is the same.",
        *("incident", "error", "high", "department"),
        "Which serial number does the lamp have? I look for the one that fits.",
        "A new lamp with the right socket came by courier, and the S2 measures again.",
        "The lamp was of the older model, with a socket that is two millimetres shorter.",
        alone=True,
    ),
    Trouble(
        "Invoice with the wrong tax number",
        "Your invoice names the tax number of our sister company. Finance sends it back.",
        *("request", "invoice", "low", "person"),
        "I have it corrected and send you a new one.",
        "The new invoice is on its way; the old one is cancelled.",
    ),
    Trouble(
        "Calibration certificate is missing",
        "The certificate of the yearly calibration was not in the box. The audit is next week.",
        *("request", "product", "medium", "department"),
        "I ask the calibration laboratory for a copy.",
        "The certificate is attached as it was signed.",
    ),
    Trouble(
        "Lab link asks for the password every few minutes",
        "Everybody in the laboratory is signed out again and again.",
        *("incident", "access", "high", "team"),
        "Does it happen on all computers, and since when?",
        "The clock of the server was eleven minutes late. Since it follows the network all stay signed in.",
        "The server's clock.",
    ),
    Trouble(
        "How do I export the spectra of a week?",
        "I find only the export of one spectrum. Is there a way for all of a week?",
        *("question", "how-to", "low", "person"),
        "In the archive you mark the first, hold Shift and mark the last; then press Export.",
        "That is all; the archive keeps the order.",
    ),
    Trouble(
        "Pump makes a grinding noise",
        "The F6 grinds when it runs above 40 ml a minute, and the flow pulses.",
        *("incident", "product", "medium", "team"),
        "Please stop it and look at the tubing: is it worn at the rollers?",
        "The tubing was past its hours. With a new one it runs quietly.",
        "Tubing beyond its 800 hours.",
    ),
    Trouble(
        "Climate chamber stopped over the weekend",
        "The K400 switched itself off on Saturday. Two weeks of samples are lost.",
        *("incident", "product", "critical", "department"),
        "A technician is with you tomorrow at eight. Please leave the chamber closed.",
        "The door switch was replaced; the chamber now warns by mail before it stops.",
        "The door switch had worn out and told the chamber that the door was open.",
        alone=True,
    ),
    Trouble(
        "Offer for a maintenance contract",
        "Our three microscopes have no contract any more. What would one cost?",
        *("request", "other", "low", "person"),
        "I give it to the colleague who looks after you.",
        "Your representative has sent the offer.",
    ),
    Trouble(
        "The robot drops vials",
        "The gripper loses one vial in forty, always in the third row.",
        *("incident", "product", "high", "team"),
        "Please send me a film of the third row. Which vials do you use?",
        "The tray sat half a millimetre too high. It was adjusted by telephone.",
        "A tray that was not pushed in.",
    ),
    Trouble(
        "Manual in Finnish",
        "Is there a manual of the C3 in Finnish?",
        *("question", "how-to", "low", "person"),
        "There is; I send you the link.",
        "The link is in the first answer. Printed ones come with the next delivery.",
    ),
)

COLLEAGUES: tuple[Trouble, ...] = (
    Trouble(
        "I do not see the leads of my region",
        "My list is empty, and in the old system I had sixty.",
        *("incident", "access", "high", "person"),
        "You stood in no team. Please look again.",
        "The team was entered; all leads of the region are there.",
        "The list of people came without the team.",
    ),
    Trouble(
        "Two records for one customer",
        "Which of them is the right one? Both have open deals.",
        *("question", "data", "medium", "team"),
        "Please write me their names, then I merge them.",
        "They are one record now, with the deals of both.",
        "The customer was in two old systems.",
    ),
    Trouble(
        "How do I plan a call for next week?",
        "I want to be reminded on Tuesday.",
        *("question", "how-to", "low", "person"),
        "On the record write what it is about, then “When” and “Plan it”.",
        "It stands under My day on Tuesday.",
    ),
    Trouble(
        "The list takes long to open",
        "All accounts, sorted by region, takes more than ten seconds in the morning.",
        *("incident", "performance", "medium", "department"),
        "Thank you. I measure it tomorrow at eight.",
        "The backup ran until half past eight. It begins at one o'clock now.",
        "The backup and the morning met.",
    ),
    Trouble(
        "Phone numbers without country",
        "Half of the numbers that came from the old system have no country before them.",
        *("incident", "data", "medium", "department"),
        "We know of it; the next load repairs them.",
        "All 312 numbers have their country now.",
        "The old export left the country out where it was Denmark.",
    ),
    Trouble(
        "I can not sign in with my phone",
        "On the computer it works. On the phone it asks for a code that I do not get.",
        *("incident", "access", "high", "person"),
        "Was the phone replaced? Then the code comes to the old one.",
        "The second factor was set up anew with the new phone.",
    ),
    Trouble(
        "Field for the type of laboratory",
        "We always ask what kind of laboratory it is. There is no field for that.",
        *("request", "other", "low", "team"),
        "I take it to the next workshop.",
        "The workshop decided for a choice on accounts; it comes with the next step.",
        alone=True,
    ),
    Trouble(
        "Orders do not reach the CRM",
        "The orders of yesterday are not on the accounts.",
        *("incident", "integration", "critical", "department"),
        "We look at the connection now. Until it runs, the orders are in the old list.",
        "The connection runs again, and yesterday's orders were brought in.",
        "The certificate of the connection had run out.",
        alone=True,
    ),
)

OUTAGE = Trouble(
    "Lab link does not start after the update",
    "Since the update of this morning it stops at the logo.",
    *("incident", "error", "high", "department"),
    "Thank you, you are not the only one. We look into it.",
    "",
)
"""What five customers have at the same time."""
NEWS = "We have found it: the update misses a file. Until the repaired one is out, put the version of last week back."
WORKAROUND = "Put the version of last week back: Programs, Lab link, Change, Previous version."
CANNED: tuple[tuple[str, str], ...] = (
    ("We have it", "Hello {requester},\n\nthank you, we have it. Its number is {ticket}.\n\n{agent}"),
    ("Ask for the serial number", "Hello {requester},\n\nwhich serial number stands on its back?\n\n{agent}"),
    ("Does it work now?", "Hello {requester},\n\ndoes it work now? Without a word we close it in a week.\n\n{agent}"),
)
MORE = "Thank you. Is there anything that you changed shortly before?"
ANSWERED = "No, everything is as it was."
BACK = "It is back since this morning."
