"""The pages of a publication's steps: confirm, prepare, approve, announce, and what was published."""

from typing import Any

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications import clock
from applications.core import terms
from applications.core.verdict import YES, Verdict
from applications.permissions import may_on_case
from applications.views.base import CasePage
from review.actions import announcement, publication, revocation
from review.actions.publication import DraftText
from review.core.wording import notice_words
from review.forms import publication as forms
from review.models import Publication
from review.queries import objections, publications
from review.queries.ratings import rating_in_force
from review.queries.snapshots import snapshot
from review.queries.standing import award_standing

Kind = Publication.Kind


class PublicationPage(CasePage):
    """A step of the publication with the facts to be published beside it."""

    def content(self) -> dict[str, Any]:
        """Return the snapshot as it would be published now."""
        return snapshot(self.case, rating_in_force(self.case, self.case.round))

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the facts to be published, the notice before and the public pages' link."""
        return {
            **super().context(forms),
            "content": self.content(),
            "notice": publications.current(self.case, Kind.NOTICE),
        }

    def success_url(self) -> str:
        """Go to what was published of the case."""
        return reverse("publications", kwargs={"case": self.case.pk})


class ConfirmFactsPage(PublicationPage):
    """The county signs the facts to be published."""

    template_name = "review/confirm_facts.html"
    node = "publication.confirm_facts"
    verbs = {"confirm": forms.ConfirmForm}

    def perform_confirm(self, form: forms.ConfirmForm) -> None:
        """Sign."""
        publication.confirm_facts(self.case, note=form.cleaned_data["note"], by=self.request.user, at=self.at)
        self.say(_("已核准拟公布信息，转由省级发布员拟制公示。"))


class PreparePage(PublicationPage):
    """A publisher writes the notice and signs the checklist of four points."""

    template_name = "review/prepare_notice.html"
    node = "publication.prepare"
    verbs = {"submit": forms.DraftForm, "save": forms.UnfinishedForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with the saved draft, else with the common wording."""
        return {"initial": self.beginning()}

    def beginning(self) -> dict[str, Any]:
        """Return what the form starts from."""
        rating = rating_in_force(self.case, self.case.round)
        draft = publications.draft_in_work(self.case)
        if draft is not None and draft.rating_id == rating.pk:
            return {name: getattr(draft, name) for name in forms.DraftForm.base_fields}
        earlier = publications.current(self.case, Kind.NOTICE)
        term = terms.in_force(self.case.batch.terms, "notice")
        title, text = notice_words(
            self.content(), days=term.budget, replaces=earlier.number if earlier else ""
        )
        number = publications.suggested_number(Kind.NOTICE, clock.day_of(self.at).year)
        return {"number": number, "title": title, "text": text, "medium": _("网页"), "revision": 0}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add what was said of the draft."""
        draft = publications.draft_in_work(self.case)
        entries = draft.entries.select_related("by") if draft else []
        return {**super().context(forms), "form": forms["submit"], "entries": entries}

    def _text(self, form: forms.DraftForm) -> tuple[DraftText, int]:
        data = dict(form.cleaned_data)
        return DraftText(**{name: data[name] for name in DraftText.__dataclass_fields__}), data[
            "revision"
        ] or 0

    def perform_submit(self, form: forms.DraftForm) -> None:
        """Hand in for approval."""
        text, revision = self._text(form)
        publication.submit(self.case, content=text, revision=revision, by=self.request.user, at=self.at)
        self.say(_("公示稿已提交，由另一位发布员审批。"))

    def perform_save(self, form: forms.DraftForm) -> str:
        """Save and stay."""
        text, revision = self._text(form)
        publication.save_draft(self.case, content=text, revision=revision, by=self.request.user, at=self.at)
        self.say(_("公示稿已保存。"))
        return self.request.path


class ApprovePage(PublicationPage):
    """A second publisher approves or returns."""

    template_name = "review/approve_notice.html"
    node = "publication.approve"
    verbs = {"approve": forms.OpinionForm, "return": forms.ReasonForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the draft and the period it would have."""
        draft = publications.draft_in_work(self.case)
        handed_in = draft.entries.filter(verb="submit").select_related("by").last() if draft else None
        first, last = publication.period(self.case, self.at)
        return {
            **super().context(forms),
            "draft": draft,
            "handed_in": handed_in,
            "first": first,
            "last": last,
        }

    def perform_approve(self, form: forms.OpinionForm) -> None:
        """Publish the notice."""
        row = publication.approve(
            self.case, opinion=form.cleaned_data["opinion"], by=self.request.user, at=self.at
        )
        until = date_format(row.notice_until, "DATE_FORMAT")
        self.say(_("公示已发布，公示期至%(until)s。") % {"until": until})

    def perform_return(self, form: forms.ReasonForm) -> None:
        """Return the draft."""
        publication.return_draft(
            self.case, reason=form.cleaned_data["reason"], by=self.request.user, at=self.at
        )
        self.say(_("公示稿已退回修改。"))


class AnnouncePage(PublicationPage):
    """A publisher announces what stood through its notice."""

    template_name = "review/announce.html"
    node = "publication.announce"
    verbs = {"announce": forms.AnnounceForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Suggest the next number."""
        return {
            "initial": {
                "number": publications.suggested_number(Kind.ANNOUNCEMENT, clock.day_of(self.at).year)
            }
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the words of the announcement and the objections the notice met."""
        shown = super().context(forms)
        notice = shown["notice"]
        title, text = announcement.words(shown["content"], notice)
        return {**shown, "title": title, "text": text, "counted": objections.counted(notice)}

    def perform_announce(self, form: forms.AnnounceForm) -> None:
        """Announce."""
        announcement.announce(self.case, number=form.cleaned_data["number"], by=self.request.user, at=self.at)
        self.say(_("公告已发布。"))


class PublicationsPage(CasePage):
    """What was published of a case, where it was shown, and the objections it met; for all who see the case."""

    template_name = "review/publications.html"
    right = "view_case"

    def check_entry(self) -> None:
        """Everybody who sees the case reads; channels are noted by publishers and the community."""
        self.rows = list(publications.of_case(self.case))
        if self.rows and publication.may_record_channel(self.request.user, self.rows[0]).ok:
            self.verbs = {"record": forms.ChannelForm}
        self.standing = award_standing(self.case, self.request.user, clock.day_of(self.at))
        if self.standing is not None and self.standing.may_propose:
            self.verbs = {**self.verbs, "revoke": forms.RevocationForm}

    def verdict(self) -> Verdict:
        """Reading is open to all who see the case."""
        return YES

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with the newest publication and today, or with the next number."""
        today = clock.day_of(self.at)
        if verb == "revoke":
            return {"year": today.year, "below": self.standing.below if self.standing else 0}
        return {"initial": {"publication": self.rows[0].pk, "shown_on": today}}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the publications, and the objections for those who handle them."""
        user = self.request.user
        handles = any(
            may_on_case(user, right, self.case).ok
            for right in ("receive_objection", "decide_objection", "audit")
        )
        notice = publications.current(self.case, Kind.NOTICE)
        return {
            **super().context(forms),
            "rows": self.rows,
            "standing": self.standing,
            "notice": notice,
            "counted": objections.counted(notice) if notice else None,
            "objections": objections.with_last(self.case) if handles else [],
            "may_object": notice is not None
            and may_on_case(user, "fill_application", self.case).ok
            and publications.is_open_on(notice, clock.day_of(self.at)),
        }

    def perform_record(self, form: forms.ChannelForm) -> str:
        """Note where else it was shown."""
        data = form.cleaned_data
        row = get_object_or_404(Publication, pk=data["publication"], case=self.case)
        publication.record_channel(
            row,
            channel=data["channel"],
            place=data["place"],
            shown_on=data["shown_on"],
            proof=data["proof"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("发布渠道已登记。"))
        return self.request.path

    def perform_revoke(self, form: forms.RevocationForm) -> str:
        """Propose to lower or revoke the star."""
        revocation.propose(self.case, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("提议已提交：先由社区陈述申辩，再由另一位发布员审批。"))
        return self.request.path
