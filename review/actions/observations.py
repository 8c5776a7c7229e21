"""What was seen of an indicator, with photos: one post from a phone, safe to be sent twice (R3-144)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.evidence import store
from applications.actions.turns import Turn
from applications.errors import FieldFault, Hidden, Invalid, Refused
from applications.models import Case, Evidence, EvidenceLink, User
from applications.queries.standards import plan_of
from review.actions.duties import take_duty
from review.actions.fact_checks import NODES, Found, write_checks
from review.core.stamps import Stamp
from review.core.streams import sights
from review.models import FactCheck, Observation, PostedOnce

MOST_PHOTOS = 12
NOWHERE = Stamp()


@dataclass(frozen=True)
class Sighting:
    """What a person noted of an indicator; everything may be empty where only facts were checked."""

    seen: str = ""
    note: str = ""
    place: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was noted."""
        return not (self.seen or self.note.strip() or self.place.strip())


@verb("observe")
def observe(
    case: Case,
    *,
    stream: str,
    page: str,
    sighting: Sighting | None,
    photos: Sequence["File[Any]"] = (),
    found: Mapping[str, Found] | None = None,
    client_key: str = "",
    stamp: Stamp = NOWHERE,
    by: User,
    at: datetime,
) -> Observation | None:
    """Save a page of a stream: one's note, photos, and what was found of its facts, all or nothing.

    ``sighting`` None: photos come by themselves, one's note stays as it is. The same ``client_key`` again changes
    nothing, also after the step has ended: a weak network may lose the reply, and send a post twice. ``stamp``: when
    and where by the phone. Returns one's observation.
    """
    if client_key and PostedOnce.objects.filter(by=by, key=client_key[:64], case=case).exists():
        return _own(case, page, by)
    turn = take_duty(case, NODES[stream], by=by, at=at)
    if client_key and not _first(turn, client_key):
        return _own(turn.case, page, by)
    if page not in {sight.key for sight in sights(plan_of(turn.case.batch), stream)}:
        raise Hidden
    if sighting and sighting.seen and sighting.seen not in Observation.Seen.values:
        raise Invalid([FieldFault("seen", _("请选择与申报相比是否相符。"))])
    write_checks(turn, stream, found or {})
    row = _own(turn.case, page, by)
    if row is None and (sighting is None or sighting.empty) and not photos:
        return None
    return _note(turn, stream, page, row, sighting, photos, stamp)


def _first(turn: Turn, key: str) -> bool:
    """Note a key; whether it is new (the case is locked, so nobody is in between)."""
    _row, fresh = PostedOnce.objects.get_or_create(
        by=turn.by, key=key[:64], defaults={"case": turn.case, "at": turn.at}
    )
    return fresh


def _own(case: Case, page: str, by: User) -> Observation | None:
    return Observation.objects.filter(case=case, round=case.round, indicator=page, by=by).first()


def _note(
    turn: Turn,
    stream: str,
    page: str,
    row: Observation | None,
    sighting: Sighting | None,
    photos: Sequence["File[Any]"],
    stamp: Stamp,
) -> Observation:
    before = row.photos.count() if row else 0
    if before + len(photos) > MOST_PHOTOS:
        sentence = _("每项最多%(most)d张照片，已有%(before)d张，请先删去不需要的。")
        raise Invalid([FieldFault("photos", sentence % {"most": MOST_PHOTOS, "before": before})])
    if row is None:
        row = Observation(
            case=turn.case, round=turn.case.round, stream=stream, indicator=page, by=turn.by, first_at=turn.at
        )
    if sighting is not None:
        row.seen, row.note, row.place = sighting.seen, sighting.note.strip(), sighting.place.strip()[:120]
    row.at, row.taken_at = turn.at, stamp.when or row.taken_at
    if stamp.accuracy is not None:
        row.latitude, row.longitude, row.accuracy = stamp.latitude, stamp.longitude, stamp.accuracy
    row.save()
    serves = [page] if page in plan_of(turn.case.batch).standard.indicators else []
    try:
        rows = [
            store(turn.case, photo, indicators=serves, stage="collection", by=turn.by, at=turn.at)
            for photo in photos
        ]
    except Invalid as error:
        raise Invalid([FieldFault("photos", fault.sentence) for fault in error.faults]) from None
    row.photos.add(*rows)
    return row


@verb("remove_photo")
def remove_photo(
    case: Case, *, stream: str, observation: Observation, photo: Evidence, by: User, at: datetime
) -> None:
    """Take a photo of one's own back while the stream is open; the file's row stays, what rests on it keeps it."""
    turn = take_duty(case, NODES[stream], by=by, at=at)
    if observation.by_id != by.pk or observation.case_id != turn.case.pk or observation.stream != stream:
        raise Hidden
    if not observation.photos.filter(pk=photo.pk).exists():
        raise Refused(_("照片“%(name)s”已不在本项记录中。") % {"name": photo.name})
    observation.photos.remove(photo)
    proves = FactCheck.objects.filter(case=turn.case, proof=photo).exists()
    if photo.uploaded_by_id != by.pk or photo.stage != "collection" or proves:
        return
    if Observation.objects.filter(photos=photo).exists():
        return
    for link in EvidenceLink.objects.filter(evidence=photo, removed_at__isnull=True):
        link.removed_at = at
        link.save(update_fields=["removed_at"])
    photo.removed_at, photo.removed_by = at, by
    photo.save(update_fields=["removed_at", "removed_by"])
