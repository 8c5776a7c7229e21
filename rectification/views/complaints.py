"""The pages of the offices: the ledger of complaints, one complaint, what is asked of the community, a file."""

from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import clock
from applications.actions.accesses import opened_complainant
from applications.core.verdict import Verdict, no
from applications.errors import Hidden, NotAllowed
from applications.models import Community
from applications.permissions import grants
from applications.views.base import READING
from applications.views.deadline import explained
from applications.views.evidence import INLINE
from applications.views.office.base import OfficePage
from rectification.actions import complaints, handling
from rectification.forms import complaints as forms
from rectification.models import Complaint, ComplaintFile
from rectification.permissions import (
    RIGHT,
    in_sight,
    knows_person,
    may_acknowledge,
    may_handle,
    may_read,
    may_reply,
    may_take,
)
from rectification.queries.complaints import case_in_question, exchange, may_answer, registrable

JOINED = ("community__region__parent__parent", "owner", "matter", "handed_to", "by")


def complaint_of(pk: int) -> Complaint:
    """Return a complaint with what its pages show, or 404."""
    found: Complaint = get_object_or_404(Complaint.objects.select_related(*JOINED), pk=pk)
    return found


class OneComplaint(OfficePage):
    """A page of one complaint: read by the offices of its region; 404 for strangers and the community."""

    complaint: Complaint

    def verdict(self) -> Verdict:
        """Whether the person may read it; a stranger is told nothing."""
        self.complaint = complaint_of(self.kwargs["pk"])
        if not in_sight(self.request.user, self.complaint):
            raise Hidden
        return may_read(self.request.user, self.complaint)  # type: ignore[arg-type]


class ComplaintDeadline(OneComplaint):
    """How the date until which the complaint has to be answered was counted, day by day."""

    http_method_names = READING
    template_name = "rectification/complaint_deadline.html"

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the term and its account."""
        rows = self.complaint.matter.deadlines.prefetch_related("entries__by")
        found = get_object_or_404(rows, pk=self.kwargs["term"])
        return {**super().context(forms), "complaint": self.complaint, **explained(found)}


class ComplaintPage(OneComplaint):
    """One complaint, handled by its owner."""

    template_name = "rectification/complaint.html"

    def verdict(self) -> Verdict:
        """Open the verbs that are the person's now, where they may read it."""
        found = super().verdict()
        self.verbs = {verb: FORMS[verb] for verb in self.open_verbs()} if found.ok else {}
        return found

    def open_verbs(self) -> list[str]:
        """Return the verbs that are open to this person now, in the order of the work."""
        user, row = self.request.user, self.complaint
        found: list[str] = []
        if may_take(user, row).ok:  # type: ignore[arg-type]
            found.append("take")
        if may_acknowledge(user, row).ok:  # type: ignore[arg-type]
            found += ["acknowledge", "decline"]
        if may_handle(user, row).ok:  # type: ignore[arg-type]
            found += ["classify", "note", "ask", "answer", "hand_over"]
            found += ["escalate"] if row.level != "province" else []
            found += ["commission"]
        if handling.may_open_item(user, row).ok and case_in_question(row):  # type: ignore[arg-type]
            found.append("open_item")
        return found

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Give every form ids of its own, and offer whom it may be handed to."""
        made: dict[str, Any] = {"auto_id": f"{verb}_%s"}
        if verb == "hand_over":
            made["complaint"] = self.complaint
        if verb == "classify" and self.complaint.kind:
            made["initial"] = {"kind": self.complaint.kind}
        if verb == "answer" and self.complaint.kind == Complaint.Kind.OUTSIDE:
            made["initial"] = {"outcome": Complaint.Outcome.OUTSIDE}
        return made

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the complaint, its log and files; the person only for the office that handles it."""
        row, user = self.complaint, self.request.user
        entries = row.entries.select_related("by", "person", "agency").prefetch_related("files")
        knows = knows_person(user, row)  # type: ignore[arg-type]
        if knows:
            opened_complainant(row.matter, by=user, at=self.at)  # type: ignore[arg-type]
        return {
            **super().context(forms),
            "complaint": row,
            "entries": entries,
            "person": row.complainant if knows else None,
            "files": row.files.filter(entry__isnull=True) if knows else [],
            "items": row.items.order_by("pk"),
            "term": row.matter.deadlines.order_by("-pk").first() if row.due_on else None,
            "today": clock.day_of(self.at),
            "why": self.why(),
            **self.next_step(),
        }

    def next_step(self) -> dict[str, Any]:
        """Return which verb comes next for who has it in hand, and why it cannot be answered yet: one main button."""
        if "answer" not in self.verbs:
            return {"next": ""}
        before = may_answer(self.complaint)
        upcoming = "answer" if before.ok else "note" if self.complaint.kind else "classify"
        return {"next": upcoming, "before": before}

    def why(self) -> str:
        """Return why the person can do nothing here, where that is so."""
        if self.verbs:
            return ""
        row, user = self.complaint, self.request.user
        check = may_handle if row.state == Complaint.State.HANDLING else may_take
        return check(user, row).reason  # type: ignore[arg-type]

    def perform_take(self, form: Any) -> None:
        """Take it in hand."""
        handling.take(self.complaint, by=self.request.user, at=self.at)
        self.say(_("已受理，由您首问负责，直至办结或他人接收移交。"))

    def perform_acknowledge(self, form: Any) -> None:
        """Acknowledge it."""
        handling.acknowledge(self.complaint, by=self.request.user, at=self.at)
        self.say(_("已接收，由您负责办理。"))

    def perform_decline(self, form: Any) -> None:
        """Decline it."""
        handling.decline(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已退回原办理人。"))

    def perform_classify(self, form: Any) -> None:
        """Classify it."""
        handling.classify(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("分类已登记。"))

    def perform_note(self, form: Any) -> None:
        """Write down what was found out."""
        handling.note(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("调查记录已登记。"))

    def perform_ask(self, form: Any) -> None:
        """Ask the community."""
        handling.ask(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已要求社区说明情况。"))

    def perform_answer(self, form: Any) -> None:
        """Answer."""
        handling.answer(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("答复已作出，投诉人凭查询码可以看到。"))

    def perform_hand_over(self, form: Any) -> None:
        """Hand it over."""
        handling.hand_over(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已申请移交，对方接收前仍由您负责。"))

    def perform_escalate(self, form: Any) -> None:
        """Ask the level above."""
        handling.escalate(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已提请上级办理，上级接收前仍由您负责。"))

    def perform_commission(self, form: Any) -> None:
        """Have a third party look into it."""
        handling.commission(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("委托已登记，办理期限重新计算。"))

    def perform_open_item(self, form: Any) -> None:
        """Put it on the rectification ledger."""
        handling.open_item(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已列入整改台账，由社区制定方案。"))


FORMS: dict[str, type[BaseForm]] = {
    "take": forms.NothingForm,
    "acknowledge": forms.NothingForm,
    "decline": forms.DeclineForm,
    "classify": forms.ClassifyForm,
    "note": forms.NoteForm,
    "ask": forms.AskForm,
    "answer": forms.AnswerForm,
    "hand_over": forms.HandOverForm,
    "escalate": forms.EscalateForm,
    "commission": forms.CommissionForm,
    "open_item": forms.ItemForm,
}


class ReplyPage(OfficePage):
    """What the community was asked and what it said: no word of the complaint itself, nor of who complained."""

    template_name = "rectification/complaint_reply.html"

    def verdict(self) -> Verdict:
        """For the asked community alone; offices have a page of their own, strangers none."""
        self.complaint = complaint_of(self.kwargs["pk"])
        found = may_reply(self.request.user, self.complaint)
        if not found.ok and not in_sight(self.request.user, self.complaint):
            raise Hidden
        self.verbs = {"reply": forms.ReplyForm} if found.ok and self.complaint.awaiting else {}
        return found

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add what was asked and said."""
        return {**super().context(forms), "complaint": self.complaint, "entries": exchange(self.complaint)}

    def perform_reply(self, form: Any) -> None:
        """Reply."""
        handling.reply(self.complaint, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("情况说明已提交。"))


class WriteDownPage(OfficePage):
    """An officer writes down what was complained of by telephone, in person or by letter; then it is theirs (R4-125)."""

    template_name = "rectification/complaint_new.html"
    verbs = {"send": forms.WrittenDownForm}

    def verdict(self) -> Verdict:
        """For officers of a street, county, city or the province."""
        held = grants(self.request.user)
        return (
            super().verdict()
            if any(right in held for right in RIGHT.values())
            else no(_("您没有登记和办理投诉的职责。"))
        )

    @property
    def community(self) -> Community | None:
        """The community of the address, of the officer's own region."""
        return registrable(self.request.user).filter(code=self.request.GET.get("community", "")).first()

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the community, or those that the typed name finds."""
        words = "".join(sign for sign in self.request.GET.get("q", "") if sign.isprintable()).strip()[:60]
        found = registrable(self.request.user, words)[:30] if words else []
        return {**super().context(forms), "community": self.community, "found": found, "q": words}

    def perform_send(self, form: Any) -> str:
        """Write it down."""
        community = self.community
        if community is None:
            raise Hidden
        files = form.cleaned_data["files"]
        row = complaints.file_complaint(
            community, said=form.said(), files=files, by=self.request.user, at=self.at
        )
        self.say(_("投诉已登记，由您首问负责。请把查询码告知投诉人：%(code)s") % {"code": row.code})
        return reverse("complaint", kwargs={"pk": row.pk})


@require_safe
@login_required
def complaint_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Hand out a file: the complainant's to the handling office, an entry's to readers, an exchanged one to the community."""
    row = get_object_or_404(ComplaintFile.objects.select_related("entry"), token=token)
    complaint, user = complaint_of(row.complaint_id), request.user
    exchanged = row.entry is not None and row.entry.verb in ("ask", "reply")
    if not (exchanged and may_reply(user, complaint).ok):
        if not in_sight(user, complaint):
            raise Hidden
        if not may_read(user, complaint).ok:  # type: ignore[arg-type]
            raise NotAllowed(may_read(user, complaint).reason)  # type: ignore[arg-type]
        if row.entry is None and not knows_person(user, complaint):  # type: ignore[arg-type]
            raise NotAllowed(_("投诉人提交的材料只供办理单位查看。"))
    try:
        stream = row.file.open("rb")
    except FileNotFoundError:
        raise Hidden from None
    answer = FileResponse(stream, content_type=row.content_type)
    kind = "inline" if row.content_type in INLINE else "attachment"
    answer["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(row.name, safe='')}"
    answer["Content-Length"] = str(row.size)
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
