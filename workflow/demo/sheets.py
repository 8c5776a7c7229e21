"""What the demo's communities declare and what is found true: four grades of quality, scaled to each community."""

from dataclasses import dataclass
from typing import Any

from workflow.demo.places import Place

# indicator ids that a community of the grade does not reach, in the eyes of the reviewers
MISSED = {
    "five": ("4.2.j",),
    "four": ("2.3.a", "4.2.j", "5.3.d", "6.3.b"),
    "three": ("2.3.a", "2.4.a", "2.4.b", "3.6.b", "4.2.j", "5.3.c", "5.3.d", "6.3.b"),
    "none": (
        "1.1.b",
        "2.3.a",
        "2.4.a",
        "2.4.b",
        "3.1.b",
        "3.6.b",
        "3.7.b",
        "4.2.j",
        "5.3.b",
        "5.3.c",
        "5.3.d",
        "5.4.a",
        "6.2.a",
        "6.2.b",
        "6.3.b",
    ),
}
# of a hundred forms handed in: very satisfied, satisfied, neutral, dissatisfied, very dissatisfied
OPINIONS = {
    "five": (62, 35, 2, 1, 0),
    "four": (50, 43, 4, 2, 1),
    "three": (42, 42, 10, 4, 2),
    "none": (30, 41, 16, 9, 4),
}


@dataclass(frozen=True)
class Papers:
    """A community's papers: facts as typed, indicators it does not claim, whether it has awards."""

    facts: dict[str, Any]
    unclaimed: tuple[str, ...]
    awarded: bool


def grids(households: int) -> list[str]:
    """Return households by grid, each between 300 and 500, adding up."""
    count = -(-households // 450)
    base, rest = divmod(households, count)
    return [str(base + (1 if number < rest else 0)) for number in range(count)]


def papers_of(place: Place, quality: str) -> Papers:
    """Return the papers of a community of a grade."""
    split = grids(place.households)
    workers = max(9, place.population * 20 // 10_000)
    strong = quality in {"five", "four"}
    facts = {
        "households": str(place.households),
        "urban_residents": str(place.population),
        "community_workers": str(workers),
        "certified_workers": str(-(-workers * (3 if strong else 1) // 10)),
        "college_workers": str(-(-workers * (9 if strong else 7) // 10)),
        "registered_volunteers": str(place.population * (15 if strong else 6) // 100 + 1),
        "office_service_area_m2": str(place.households * 31 // 100 if strong else 360),
        "elderly_service_area_m2": "240" if quality != "none" else "160",
        "worker_avg_pay_yuan": "68200" if quality == "five" else "51200",
        "local_avg_wage_yuan": "66800",
        "county_leader_visits": "1",
        "street_leader_visits": "2",
        "cobuild_activities_by_quarter": ["1", "1", "2", "1"],
        "cobuild_urgent_issues_solved": "2",
        "smart_featured_services": "1",
        "grid_households": split,
        "grid_fulltime_workers": ["1"] * len(split),
        "party_member_services_min": "1",
        "elderly_visit_pct_by_month": ["100"] * 12,
        "collective_activities_by_quarter": ["2", "1", "1", "2"]
        if quality != "none"
        else ["1", "0", "1", "1"],
        "service_brand_projects": "1",
        "registered_community_social_orgs": "13" if quality != "none" else "6",
        "worker_consultation_items": "3",
        "resident_consultation_items": "2",
        "consultations_by_quarter": ["1", "1", "1", "1"] if quality != "none" else ["1", "1", "0", "1"],
    }
    return Papers(facts, MISSED[quality][:2], awarded=quality == "five")
