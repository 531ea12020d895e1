"""Names, places, products and phrases of the demo's CRM. Nobody and nothing of them exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Land:
    """A country of the market: what its accounts look like. ``phone`` has # for digits; ``holidays`` names whose."""

    code: str
    region: str
    weight: int
    currency: str
    phone: str
    postcode: str
    form: str
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]


LANDS: tuple[Land, ...] = (
    Land(
        "DK",
        "nordics",
        30,
        "DKK",
        "+45325550##",
        "####",
        "A/S",
        ("Aarhus", "Odense", "Aalborg", "Vejle", "Roskilde", "Esbjerg"),
        ("Havnegade", "Skovvej", "Fabriksvej", "Østergade", "Møllevej"),
        ("Anne", "Mads", "Kirsten", "Rasmus", "Line", "Søren", "Camilla", "Thomas", "Ida", "Peter", "Julie", "Niels"),
        ("Bjerregaard", "Kjær", "Mortensen", "Skov", "Lauridsen", "Toft", "Damgaard", "Bruun", "Ravn", "Holst"),
    ),
    Land(
        "SE",
        "nordics",
        26,
        "SEK",
        "+46846500400",
        "### ##",
        "AB",
        ("Malmö", "Uppsala", "Linköping", "Örebro", "Västerås", "Lund"),
        ("Storgatan", "Industrigatan", "Parkvägen", "Kungsgatan", "Bruksvägen"),
        ("Karin", "Erik", "Maria", "Anders", "Sofia", "Johan", "Emma", "Lars", "Elsa", "Gustav", "Linnea", "Nils"),
        ("Ekström", "Sjöberg", "Hedlund", "Åkesson", "Wallin", "Norén", "Forsberg", "Lindqvist", "Öberg", "Falk"),
    ),
    Land(
        "FI",
        "nordics",
        12,
        "EUR",
        "+35895550##",
        "#####",
        "Oy",
        ("Tampere", "Turku", "Oulu", "Lahti"),
        ("Tehtaankatu", "Satamatie", "Puistokatu"),
        ("Aino", "Mikko", "Hanna", "Juha", "Laura", "Ville", "Sanna", "Antti"),
        ("Lehtonen", "Rantala", "Koskela", "Salmi", "Heikkinen", "Niemelä", "Vuori"),
    ),
    Land(
        "BE",
        "benelux",
        18,
        "EUR",
        "+3225550###",
        "####",
        "NV",
        ("Ghent", "Leuven", "Antwerp", "Liège", "Mechelen"),
        ("Stationsstraat", "Kerkstraat", "Molenweg", "Rue de la Gare"),
        ("An", "Koen", "Ines", "Wouter", "Charlotte", "Bart", "Sofie", "Luc", "Hélène", "Tom"),
        ("Maertens", "Dams", "Peeters", "Goossens", "Lambert", "Wouters", "Claessens", "De Smet", "Hendrickx"),
    ),
    Land(
        "NL",
        "benelux",
        14,
        "EUR",
        "+3120555####",
        "#### AB",
        "B.V.",
        ("Utrecht", "Eindhoven", "Groningen", "Delft"),
        ("Dorpsstraat", "Havenweg", "Molenlaan"),
        ("Sanne", "Daan", "Anouk", "Jeroen", "Eva", "Ruben", "Maartje", "Sander"),
        ("van Dijk", "Visser", "de Boer", "Mulder", "Bakker", "Hoekstra", "Kuipers"),
    ),
)
BRITISH_SHARE = 25
"""One deal in so many is priced in pounds, for partners across the sea."""

# fmt: off
STEMS = (
    "Kestrel", "Aurelund", "Brenholt", "Calder", "Dovrin", "Elvestad", "Fenmark", "Gravlund", "Halvorn",
    "Isbrook", "Jorvik", "Kaldnes", "Lysholm", "Marwick", "Nordhavn", "Oakmere", "Pellworm", "Quarrel",
    "Rosenlund", "Silverskov", "Tarnby", "Ulvsund", "Vintermark", "Westerdal", "Ystbro", "Zelund",
    "Amberline", "Birkedal", "Corvane", "Drumlin", "Eskmoor", "Fjeldby", "Glimminge", "Hestvik", "Ivarsen",
    "Juniper", "Krageholm", "Larkfield", "Mossvik", "Nettlund",
)
# fmt: on
TRADES: Mapping[str, tuple[str, ...]] = {
    "biotechnology": ("Biologics", "Cell Sciences"),
    "chemicals": ("Chemicals", "Coatings"),
    "education": ("Institute", "Academy"),
    "energy": ("Water", "Energy"),
    "food": ("Dairy", "Foods"),
    "health": ("Clinics", "Diagnostics"),
    "manufacturing": ("Precision", "Castings"),
    "pharma": ("Pharma", "Therapeutics"),
    "public": ("Inspectorate", "Laboratories"),
    "services": ("Analytics", "Testing"),
    "textiles": ("Textiles", "Fibres"),
}
TITLES = (
    "Head of laboratory",
    "Buyer",
    "Quality manager",
    "Plant manager",
    "Research lead",
    "Managing director",
    "Maintenance planner",
    "Laboratory technician",
    "Finance manager",
    "Head of procurement",
)
DEPARTMENTS = ("Laboratory", "Purchasing", "Quality", "Production", "Research", "Finance")

PRODUCTS: tuple[tuple[str, str, int], ...] = (
    ("Spectrum S2 spectrometer", "Spectrometers", 48_500),
    ("Spectrum S4 spectrometer", "Spectrometers", 82_000),
    ("Spectrum Go, portable", "Spectrometers", 19_900),
    ("Spectrum reference set", "Spectrometers", 1_250),
    ("Clarity C1 microscope", "Microscopes", 14_800),
    ("Clarity C3 microscope", "Microscopes", 31_500),
    ("Clarity camera", "Microscopes", 4_900),
    ("Clarity objectives, set of 4", "Microscopes", 3_600),
    ("Balance B10", "Scales", 2_400),
    ("Balance B50", "Scales", 5_700),
    ("Balance draught shield", "Scales", 390),
    ("Flow F2 pump", "Pumps", 3_150),
    ("Flow F6 pump", "Pumps", 7_800),
    ("Flow tubing, box of 20", "Pumps", 240),
    ("Climate chamber K80", "Chambers", 22_600),
    ("Climate chamber K400", "Chambers", 54_000),
    ("Sample robot R1", "Automation", 96_000),
    ("Sample robot gripper", "Automation", 6_200),
    ("Lab link software, a seat a year", "Software", 1_480),
    ("Lab link server", "Software", 9_600),
    ("Calibration, yearly", "Service", 1_900),
    ("Maintenance contract, basic", "Service", 3_400),
    ("Maintenance contract, full", "Service", 7_900),
    ("Installation and training, a day", "Service", 1_350),
)
"""Name, line and price in EUR."""

CAMPAIGNS: tuple[tuple[str, str, int, int, int], ...] = (
    ("Summer readers' offer", "mail", 37, 5, 9_000),
    ("Laboratory days Malmö", "event", 31, 1, 42_000),
    ("Search words, autumn", "ads", 27, 12, 30_000),
    ("Webinar: water without doubt", "webinar", 23, 2, 6_500),
    ("Partners ask partners", "phone", 18, 6, 12_000),
    ("Short films from the laboratory", "social", 14, 8, 15_000),
    ("New year, new scales", "mail", 6, 5, 8_000),
    ("Spring tour Benelux", "event", 2, 6, 38_000),
)
"""Name, kind, began so many weeks ago, lasts so many weeks, budget in EUR."""
CAMPAIGN_OF_SOURCE: Mapping[str, tuple[int, ...]] = {
    "web": (3,),
    "mail": (1, 7),
    "event": (2, 8),
    "social": (6,),
    "phone": (5,),
    "partner": (4, 5),
}
"""Which campaigns, counted from 1, a channel's leads come from."""

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "call": (
        "Called about the offer",
        "Asked how the trial goes",
        "First call",
        "Called back",
        "Talked about delivery",
    ),
    "email": ("Sent the data sheet", "Sent the offer", "Answered questions", "Sent dates for a visit"),
    "meeting": ("Visit to the laboratory", "Demonstration", "Meeting with purchasing", "Walk through the plant"),
    "task": ("Prepare the offer", "Check stock", "Ask engineering", "Draw up the contract"),
}
SERVICE_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "call": ("Question about calibration", "Display stays dark", "Asked for a spare part", "Software does not start"),
    "email": ("Sent the manual", "Confirmed the visit", "Sent the calibration report", "Asked for the serial number"),
    "meeting": ("Yearly maintenance", "Repair on site", "Training for new users"),
    "task": ("Order the spare part", "Book the engineer", "Write the visit report"),
}
OUTCOMES = ("", "", "Reached", "Interested", "Wants to think", "Call again", "Sent material", "Voice mail")
NEXT_STEPS = ("Send the offer", "Call the buyer", "Agree a demonstration", "Ask for the order", "Visit the plant")
RIVALS = ("Mettwick", "Optiron", "Labora Nova")
