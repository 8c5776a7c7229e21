"""Brings a case to its publication without the stages before, and through it with real actions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from applications.actions import standards
from applications.actions.cases import enter
from applications.core.rating import Sheet, rate
from applications.models import Batch, Case, Community
from applications.signals import road
from review.actions import announcement, notice, objections, publication, reconsideration, revocation, scoring
from review.actions.publication import DraftText
from review.models import Objection, Publication, Rating, RevocationProposal
from review.queries.publications import suggested_number
from tests.cast import Cast
from tests.kept import kept

SHEET = Path(__file__).resolve().parent.parent / "standards" / "sample-factsheet.yaml"
STAGES = ("preparation", "collection", "review", "scoring", "publication")
FULL = DraftText(
    number="幸评示〔2026〕1号",
    title="关于“翠湖社区”拟评定星级的公示",
    text="现将评定结果予以公示。",
    medium="网页",
    safety=True,
    reliability=True,
    accuracy=True,
    suitability=True,
)


def sheet(**changes: Any) -> dict[str, Any]:
    """Return the public worked example (five stars), changed where asked."""
    content = yaml.safe_load(SHEET.read_text(encoding="utf-8"))
    content.pop("expected")
    return {**content, **changes}


def score(case: Case, content: dict[str, Any], at: datetime) -> Rating:
    """Append a rating of a sheet with the ledger the scoring step writes, but without reviews behind it."""
    standard = standards.of(case.batch.standard)
    result = rate(standard, Sheet.from_mapping(standard, content))
    nobody = {"judgements": [], "settlement": None, "evidence": [], "facts": [], "persons": []}
    sources = dict.fromkeys(standard.indicators, nobody)
    return scoring._append(case, result, sources, scoring.Why("initial"), None, by=None, at=at)


def number_for(kind: str, year: int = 2026) -> str:
    """Return a free index number."""
    return suggested_number(kind, year)


@kept
def another_batch(cast: Cast) -> Batch:
    """Return a later batch under the same standard: a community may be rated again."""
    batch = Batch.objects.get(pk=cast.batch.pk)
    batch.pk, batch.name, batch.year = None, "2029年度幸福社区评定", 2029
    batch._state.adding = True
    batch.save()
    return batch


@kept
def at_publication(
    cast: Cast,
    at: datetime | None = None,
    community: Community | None = None,
    batch: Batch | None = None,
    **changes: Any,
) -> Case:
    """Return a case with a rating that stands at the beginning of its publication."""
    at = at or cast.at
    place = community or cast.community
    with transaction.atomic():
        case = Case.objects.create(
            number=f"XP2026-{place.code}-{Case.objects.count() + 1}",
            community=place,
            batch=batch or cast.batch,
            path=place.path,
            applied_star=4,
            opened_at=at,
        )
        for stage in STAGES:
            enter(case, stage, by=None, at=at)
        case.star = score(case, sheet(**changes), at).star
        case.save(update_fields=["star"])
        road.send(sender=Case, case=case, by=None, at=at)
    case.refresh_from_db()
    return case


@kept
def to_prepare(cast: Cast, case: Case, at: datetime | None = None) -> Case:
    """Let the county confirm the facts."""
    county = "far_county" if "/360402/" in case.path else "county"
    publication.confirm_facts(case, note="无误", by=cast[county], at=at or cast.at)
    return case


@kept
def to_approve(cast: Cast, case: Case, at: datetime | None = None, number: str = FULL.number) -> Case:
    """Let the first publisher hand in the draft."""
    to_prepare(cast, case, at)
    text = DraftText(**{**vars(FULL), "number": number})
    publication.submit(case, content=text, revision=0, by=cast.publisher, at=at or cast.at)
    return case


@kept
def on_notice(
    cast: Cast, case: Case | None = None, at: datetime | None = None, number: str = FULL.number
) -> Publication:
    """Publish the notice of a case; its seven days run from ``at``."""
    case = to_approve(cast, case or at_publication(cast, at), at, number)
    return publication.approve(case, opinion="同意", by=cast.publisher2, at=at or cast.at)


def after_notice(at: datetime, days: int = 7) -> datetime:
    """Return the first moment at which the notice published at ``at`` is over: 00:00 of the eighth day."""
    local = at + timedelta(hours=8)
    return at + timedelta(days=days) - timedelta(hours=local.hour, minutes=local.minute)


@kept
def announced(cast: Cast, notice_row: Publication, number: str = "幸评告〔2026〕1号") -> Publication:
    """Let the notice period end and the second publisher announce."""
    over = after_notice(notice_row.published_at)
    notice.close_notices(at=over)
    return announcement.announce(notice_row.case, number=number, by=cast.publisher2, at=over)


def object_to(notice_row: Publication, at: datetime, **changes: Any) -> Objection:
    """Let a resident object to a notice."""
    said: dict[str, Any] = {
        "name": "刘秀兰",
        "contact": "13900001234",
        "indicators": ["2.1.a"],
        "text": "社区办公用房面积与实际不符。",
        "files": [],
        "by": None,
    }
    return objections.file_objection(notice_row, at=at, **{**said, **changes})


def heard(cast: Cast, proposal: RevocationProposal, at: datetime, text: str = "") -> RevocationProposal:
    """Let the community say what it has to say of a proposal to lower or revoke its star."""
    revocation.state(proposal, text=text, by=cast.head, at=at)
    return proposal


def photo(name: str = "现场.png") -> SimpleUploadedFile:
    """Return a small real picture."""
    held = BytesIO()
    Image.new("RGB", (4, 4), "navy").save(held, "PNG")
    return SimpleUploadedFile(name, held.getvalue(), content_type="image/png")


@kept
def upheld(
    cast: Cast, objection: Objection, at: datetime, indicators: Iterable[str] = ("2.1.a",)
) -> Objection:
    """Let the province accept an objection and a reconsideration member uphold it."""
    objections.receive(objection, accepted=True, reason="", by=cast.province, at=at)
    reconsideration.uphold(
        objection,
        reason="证据充分",
        heard="双方均已陈述",
        indicators=list(indicators),
        reviewers=[cast.reviewer3, cast.unassigned],
        by=cast.recon,
        at=at,
    )
    return objection


@kept
def rejudged(
    cast: Cast,
    objection: Objection,
    at: datetime,
    first: dict[str, Any],
    second: dict[str, Any] | None = None,
) -> Objection:
    """Let both second reviewers hand in."""
    for person, values in ((cast.reviewer3, first), (cast.unassigned, second or first)):
        notes = dict.fromkeys(values, "现场复核")
        reconsideration.rejudge(objection, values=values, notes=notes, by=person, at=at)
    return objection
