"""The articles of the demo's knowledge base: who wrote each, when, and what came of it. All invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """An article. ``before`` is what a second version added and ``why``; ``liked``: so many of 100 were helped."""

    title: str
    summary: str
    body: str
    category: str
    by: str = "sune"
    audience: str = "staff"
    days_ago: int = 40
    liked: int = 80
    before: str = ""
    why: str = ""
    lacking: str = ""
    draft: bool = False
    retired: bool = False


ARTICLES: tuple[Told, ...] = (
    Told(
        "How do I bring in contacts from a spreadsheet?",
        "Choose the file, say what each column is, look at what would happen, then start.",
        "Open `Imports`, then **New import**.\n\n1. Choose the file: CSV or XLSX, up to 50,000 rows.\n"
        "2. Say what each column is. What has the usual name is found by itself.\n"
        "3. Look at the dry run: what would be new, what would change, what is refused and why.\n4. Start.\n\n"
        "> A row that is refused comes back in a file with the reason. Mend it there and bring that file in.\n\n"
        "## Nothing is lost\n\nAn import can be rolled back as a whole, except where somebody changed a record since.",
        "Data", "amira", days_ago=46, liked=92,
        before="## Names with accents\n\nSave the file as `CSV UTF-8`. Otherwise Müller may become MÃ¼ller.",
        why="Accents were asked about five times",
    ),
    Told(
        "Why is my list empty?",
        "Most often a filter stays on from yesterday.",
        "A list remembers your filters. Above it stands what holds now, such as `Status: new`.\n\n"
        "- Press the cross beside a filter to take it away.\n- **Show everything** takes all of them away.\n"
        "- If it is still empty, you may not see these records. Ask your team lead.",
        "Finding things", days_ago=44, liked=88,
    ),
    Told(
        "I cannot sign in any more",
        "Three things to try before you call.",
        "1. Is the address the one with your own name? The shared ones do not sign in.\n"
        "2. **Forgot your password?** sends a link that works for a day.\n"
        "3. With a second factor: is the clock of your phone right? Codes are wrong when it is a minute off.\n\n"
        "If none of it helps, ask an administrator to reset the second factor.",
        "Signing in", "amira", days_ago=48, liked=71, lacking="A picture of where the link is",
    ),
    Told(
        "How do I merge two contacts that are the same?",
        "Open one, choose the other, decide field by field.",
        "On the contact's page open **Duplicates**. What is likely the same stands there with its reasons.\n\n"
        "Choose the one that stays. For each field the better value is offered; change what is wrong. "
        "Activities, files and deals of both are kept.\n\n> A merge can be undone.",
        "Data", days_ago=30, liked=84, before="Only managers merge. As a representative, ask for it in a note.",
        why="Representatives did not find the button",
    ),
    Told(
        "What do the stages of a deal mean?",
        "Five stages, each with what has to be true before a deal moves on.",
        "## Qualify\n\nWe know the need and who decides.\n\n## Discover\n\nWe saw the plant or spoke to its people.\n\n"
        "## Demo\n\nAn instrument was shown with their own sample.\n\n## Proposal\n\nA price is out, in writing.\n\n"
        "## Negotiate\n\nThey want it; terms are open.",
        "Selling", "leila", days_ago=38, liked=90,
    ),
    Told(
        "How do I log a call from the phone?",
        "Two taps: open the contact, press Call.",
        "Open the contact and press **Log a call**. Say what was agreed in one sentence; the time is filled in.\n\n"
        "Logged within a day it counts as logged in time.",
        "Finding things", days_ago=25, liked=79,
    ),
    Told(
        "Who sees which records?",
        "Own, team, team and below, all: it depends on your role.",
        "Your role says how far you see for each kind of record. `Setup of the CRM`, then **Ask**, answers for one "
        "person and one record, with the reason.\n\nIf you need more, ask for it there; a change shows first whom it "
        "affects.",
        "Signing in", "leila", days_ago=33, liked=58, lacking="An example for a representative",
    ),
    Told(
        "The pipeline shows another sum than my list",
        "Sums are in the organisation's currency; lists show the deal's own.",
        "The board converts every amount at the rate of its close date. A deal without a rate counts as unknown, and "
        "the head says how many these are.\n\nLists show each amount as it was agreed.",
        "Selling", "amira", days_ago=21, liked=76,
    ),
    Told(
        "How do I calibrate a Norvane photometer?",
        "With the two reference solutions in the lid, once a month.",
        "1. Let the instrument warm up for ten minutes.\n2. Press **Cal**, insert the solution **Low**, press **OK**.\n"
        "3. Insert the solution **High**, press **OK**.\n\nThe display shows `Passed` and the date.\n\n"
        "> `Failed` twice in a row? Clean the cuvette with alcohol, then try fresh solutions.",
        "Instruments", audience="customers", days_ago=60, liked=93,
    ),
    Told(
        "Where do I find the certificate of my instrument?",
        "By its serial number, on the label below the lid.",
        "Write to us with the serial number: six digits after `SN`. Certificates of the last ten years are kept.\n\n"
        "- For an audit say so, then it comes signed.\n- A lost label can be replaced; we need the invoice.",
        "Instruments", "amira", "customers", days_ago=52, liked=81,
    ),
    Told(
        "How long does a repair take?",
        "Five working days from when it arrives, or a replacement.",
        "Open a request first: you get a label for the parcel.\n\n1. We look at it within a day and name the price.\n"
        "2. You agree, or we send it back free of charge.\n3. It leaves us calibrated, with a certificate.",
        "Service", "amira", "customers", days_ago=41, liked=66, lacking="What it costs",
        before="If you cannot wait, ask for an instrument on loan.", why="Loans were not mentioned",
    ),
    Told(
        "Importing from the old address book",
        "How the move of January was done.",
        "The old address book was switched off at the end of January. Its contacts are here with `Came by: migrated`.",
        "Data", days_ago=230, liked=40, retired=True,
    ),
    Told(
        "Two colleagues changed the same record",
        "What happens, and who wins.",
        "Nobody wins by accident: the second is shown both values and chooses.",
        "Data", "amira", days_ago=2, draft=True,
    ),
)  # fmt: skip
"""Every article, the oldest not first: they are told by subject."""
