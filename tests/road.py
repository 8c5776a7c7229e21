"""Drives a case along the road with the same actions that people use; each stage has its ``through_`` function."""

from datetime import datetime

from applications.actions import cases, intake, submission
from applications.models import Case
from tests import papers
from tests.cast import Cast
from tests.kept import kept
from tests.review import assessing, drive, publishing


@kept
def open_case(cast: Cast, at: datetime | None = None, applied_star: int = 4) -> Case:
    """Open the community's case in the batch."""
    return cases.open_case(
        cast.batch, community=cast.community, applied_star=applied_star, by=cast.clerk, at=at or cast.at
    )


@kept
def to_street(cast: Cast, case: Case | None = None, at: datetime | None = None) -> Case:
    """Fill an application in and hand it in: it lies with the street."""
    moment = at or cast.at
    case = case or open_case(cast, at=moment)
    papers.fill_in(case, by=cast.clerk, at=moment)
    submission.submit(case, by=cast.head, at=moment)
    case.refresh_from_db()
    return case


@kept
def through_application(cast: Cast, case: Case, at: datetime | None = None) -> Case:
    """Fill in, submit, and pass all four levels: the case stands in preparation."""
    moment = at or cast.at
    to_street(cast, case, at=moment)
    for level in ("street", "county", "city", "province"):
        intake.pass_on(case, opinion="材料齐全，符合条件，同意。", by=cast[level], at=moment)
    case.refresh_from_db()
    return case


@kept
def to_preparation(cast: Cast, at: datetime | None = None) -> Case:
    """Return a case that has been accepted by the province."""
    return through_application(cast, open_case(cast, at=at), at=at)


@kept
def through_preparation(cast: Cast, case: Case, at: datetime | None = None) -> Case:
    """Form the team, declare, agree on the plan, tell the residents: the case stands in collection."""
    moment = at or cast.at
    assessing.form_team(cast, case, moment)
    assessing.declare_all(cast, case, moment)
    assessing.agree_on_plan(cast, case, moment)
    assessing.brief(cast, case, moment)
    case.refresh_from_db()
    return case


@kept
def to_collection(cast: Cast, at: datetime | None = None) -> Case:
    """Return a case whose data are being collected."""
    return through_preparation(cast, to_preparation(cast, at=at), at=at)


@kept
def through_collection(
    cast: Cast, case: Case, at: datetime | None = None, levels: dict[str, int] | None = None
) -> Case:
    """Check papers and site, ask the residents, enter services: the case stands in third-party review."""
    moment = at or cast.at
    assessing.look(cast, case, moment)
    assessing.ask(cast, case, moment, levels)
    assessing.serve(cast, case, moment)
    case.refresh_from_db()
    return case


@kept
def to_review(cast: Cast, at: datetime | None = None) -> Case:
    """Return a case that two reviewers judge."""
    return through_collection(cast, to_collection(cast, at=at), at=at)


@kept
def through_review(cast: Cast, case: Case, at: datetime | None = None, star: int = 5) -> Case:
    """Judge by two, settle, issue the opinion: the case is rated (with ``star``) and lies with the committee."""
    drive.whole_review(cast, case, star=star, at=at or cast.at)
    case.refresh_from_db()
    return case


@kept
def to_scoring(cast: Cast, at: datetime | None = None, star: int = 5) -> Case:
    """Return a case that the committee votes on."""
    return through_review(cast, to_review(cast, at=at), at=at, star=star)


@kept
def through_scoring(cast: Cast, case: Case, at: datetime | None = None) -> Case:
    """The committee decides: the case stands in publication, or in rectification where it has no star."""
    drive.vote(cast, case, at=at or cast.at)
    case.refresh_from_db()
    return case


@kept
def to_publication(cast: Cast, at: datetime | None = None, star: int = 5) -> Case:
    """Return a case whose star is going to be published."""
    return through_scoring(cast, to_scoring(cast, at=at, star=star), at=at)


@kept
def through_publication(cast: Cast, case: Case, at: datetime | None = None) -> Case:
    """Confirm, prepare, approve, let the notice run out, announce: the case stands in rectification or is closed."""
    row = publishing.on_notice(cast, case, at or cast.at, publishing.number_for("notice"))
    publishing.announced(cast, row, publishing.number_for("announcement"))
    case.refresh_from_db()
    return case


@kept
def to_rectification(cast: Cast, at: datetime | None = None, star: int = 5) -> Case:
    """Return a case whose star was announced, with what is to be put right."""
    return through_publication(cast, to_publication(cast, at=at, star=star), at=at)
