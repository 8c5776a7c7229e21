"""Whether complaints and what was done about them still say what the log vouches for."""

from collections.abc import Iterator

from applications.core import chain
from applications.models import Event
from rectification.models import Complaint, ComplaintEntry


def said_in(complaint: Complaint) -> str:
    """Return the digest of what was complained of, which the log vouches for."""
    said = [complaint.community_id, complaint.happened_on.isoformat(), complaint.text, complaint.demand]
    return chain.digest(said)


def broken_complaint(event: Event) -> str | None:
    """Return why the complaint that an event vouches for no longer matches it, or None."""
    row = Complaint.objects.filter(matter=event.matter_id).prefetch_related("files").first()
    if row is None:
        return "投诉已不存在"
    if said_in(row) != event.data["said"]:
        return "投诉内容与登记时不符"
    files = sorted(file.sha256 for file in row.files.all() if file.entry_id is None)
    return None if files == sorted(event.data["files"]) else "投诉材料与登记时不符"


def complaints_outside_the_log() -> Iterator[tuple[str, str]]:
    """Yield the number and what stands in the tables of complaints otherwise than in the log, or not in it at all."""
    told: dict[int, tuple[str, str, str]] = {}
    rows = Event.objects.filter(matter__isnull=False, data__has_key="entry")
    for verb, data in rows.values_list("verb", "data"):
        told[data["entry"]] = (verb, data["said"], data["value"])
    for entry in ComplaintEntry.objects.select_related("complaint").order_by("pk").iterator(chunk_size=500):
        said = (f"{entry.verb}_complaint", chain.digest(entry.text), entry.value)
        if told.get(entry.pk) != said:
            yield entry.complaint.number, f"办理记录“{entry.get_verb_display()}”与事件记录不符"
    filed = set(Event.objects.filter(verb="file_complaint").values_list("matter", flat=True))
    for matter, number in Complaint.objects.order_by("pk").values_list("matter", "number"):
        if matter not in filed:
            yield number, "投诉没有相应的事件记录"
