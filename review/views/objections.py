"""The pages of an objection: hand in (community), receive, decide, judge again, conclude, serve."""

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.actions.accesses import opened_objector
from applications.core.verdict import Verdict, no
from applications.errors import Hidden, NotAllowed
from applications.permissions import may_on_case
from applications.permissions_evidence import shown_to
from applications.queries.standards import standard_of
from applications.views.base import CasePage
from applications.words import data_words
from review.actions import objections, reappointment, reconsideration
from review.forms import objections as forms
from review.models import Objection, Publication
from review.queries import objections as queries
from review.queries import publications
from review.queries.disputes import targets_of
from review.queries.ratings import rating_in_force


class ObjectPage(CasePage):
    """The community objects to the notice of its own case."""

    template_name = "review/object.html"
    right = "fill_application"
    verbs = {"send": forms.ObjectionForm}

    def verdict(self) -> Verdict:
        """Whether the community may object now: its own case, a notice whose period runs."""
        verdict = super().verdict()
        if not verdict.ok:
            return verdict
        notice = publications.current(self.case, Publication.Kind.NOTICE)
        return objections.in_time(notice, self.at) if notice else no(_("本案还没有发布公示。"))

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with the person's own name and contact."""
        user = self.request.user
        return {
            "standard": standard_of(self.case.batch.standard),
            "initial": {"name": user.name, "contact": user.phone or user.email},
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the notice."""
        notice = publications.current(self.case, Publication.Kind.NOTICE)
        return {**super().context(forms), "notice": notice, "form": forms["send"]}

    def perform_send(self, form: forms.ObjectionForm) -> str:
        """Hand in, and go to the progress page, which shows the receipt."""
        notice = publications.current(self.case, Publication.Kind.NOTICE)
        if notice is None:
            raise Hidden
        row = objections.file_objection(notice, **form.cleaned_data, by=self.request.user, at=self.at)
        return reverse("portal_objection", kwargs={"code": row.code})


class ObjectionPage(CasePage):
    """A step of one objection, named by the run's key."""

    objection: Objection
    named = True  # whether the page shows who objected

    def check_entry(self) -> None:
        """Find the objection; it must belong to the case of the address."""
        found = queries.of_key(self.case, self.kwargs["key"])
        if found is None:
            raise Hidden
        self.objection = found
        verdict = self.verdict()
        if not verdict.ok:
            raise NotAllowed(verdict.reason)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the objection with what was decided, and its files as far as the person may know of them."""
        files = self.objection.files.filter(shown_to(self.request.user))
        if self.named:
            opened_objector(self.case, self.objection.number, by=self.request.user, at=self.at)
        return {
            **super().context(forms),
            "objection": self.objection,
            "rulings": queries.rulings(self.objection),
            "files": files,
            "disputed": self.names_of(self.objection.indicators),
        }

    def names_of(self, indicators: list[str]) -> list[str]:
        """Return indicators with their short names."""
        known = standard_of(self.case.batch.standard).indicators
        return [f"{key} {data_words(known[key].short)}" for key in indicators if key in known]

    def success_url(self) -> str:
        """Go to what was published of the case, or to the desk where the person no longer sees it."""
        if may_on_case(self.request.user, "view_case", self.case).ok:
            return reverse("publications", kwargs={"case": self.case.pk})
        return reverse("desk")


class ReceivePage(ObjectionPage):
    """The province accepts an objection or refuses it with a reason."""

    template_name = "review/receive_objection.html"
    node = "publication.receive"
    verbs = {"receive": forms.ReceiveForm}

    def perform_receive(self, form: forms.ReceiveForm) -> None:
        """Accept or refuse."""
        accepted = form.cleaned_data["accepted"]
        objections.receive(
            self.objection,
            accepted=accepted,
            reason=form.cleaned_data["reason"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("已受理，转复核委员办理。") if accepted else _("已作出不予受理的决定。"))


class DecidePage(ObjectionPage):
    """A reconsideration member decides; upheld, two others judge again."""

    template_name = "review/decide_objection.html"
    node = "publication.decide"
    verbs = {"dismiss": forms.DismissForm, "uphold": forms.UpholdForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the disputed indicators and the eligible reviewers."""
        if verb != "uphold":
            return {"auto_id": "dismiss_%s"}
        return {
            "auto_id": "uphold_%s",
            "standard": standard_of(self.case.batch.standard),
            "eligible": queries.eligible_reassessors(self.case, self.at, self.objection),
            "initial": {"indicators": self.objection.indicators},
        }

    def perform_dismiss(self, form: forms.DismissForm) -> None:
        """Dismiss with reasons."""
        reconsideration.dismiss(self.objection, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已作出异议不成立的决定，请省级经办人送达。"))

    def perform_uphold(self, form: forms.UpholdForm) -> None:
        """Uphold and assign."""
        reconsideration.uphold(self.objection, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("异议成立，已指定两名评审员重新评审。"))


class ReappointPage(ObjectionPage):
    """A reconsideration member appoints somebody in the place of a second reviewer who must keep away."""

    template_name = "review/reappoint.html"
    node = "publication.reappoint"
    verbs = {"appoint": forms.ReappointForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the eligible reviewers."""
        return {"eligible": queries.eligible_reassessors(self.case, self.at, self.objection)}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Show who was appointed, who left and why, and what is judged again."""
        return {
            **super().context(forms),
            "form": forms["appoint"],
            "appointed": queries.appointed(self.objection),
            "again": self.names_of(reconsideration.disputed(self.objection)),
        }

    def perform_appoint(self, form: forms.ReappointForm) -> None:
        """Appoint."""
        reappointment.replace(self.objection, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已另行指定评审员，待办已转给本人。"))


class ReassessPage(ObjectionPage):
    """One of two others judges the disputed indicators again, blind to the first result and to each other."""

    template_name = "review/reassess.html"
    named = False
    node = "publication.reassess"
    verbs = {"hand_in": forms.TargetsForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Ask for each disputed matter."""
        return {"targets": targets_of(self.case, reconsideration.disputed(self.objection))}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Show the wording of the indicators and their evidence."""
        standard = standard_of(self.case.batch.standard)
        wanted = reconsideration.disputed(self.objection)
        return {
            **super().context(forms),
            "form": forms["hand_in"],
            "indicators": [standard.indicators[key] for key in wanted if key in standard.indicators],
            "evidence": queries.evidence_for(self.case, wanted, self.request.user),
        }

    def perform_hand_in(self, form: forms.TargetsForm) -> str:
        """Hand in."""
        reconsideration.rejudge(
            self.objection, values=form.values(), notes=form.notes(), by=self.request.user, at=self.at
        )
        self.say(_("重新评审意见已提交。"))
        return reverse("desk")


class ConcludePage(ObjectionPage):
    """A reconsideration member settles what the two judged differently and concludes with a new rating."""

    template_name = "review/conclude_objection.html"
    node = "publication.conclude"
    verbs = {"conclude": forms.ConcludeForm}

    def check_entry(self) -> None:
        """Look at both judgements, which are open now."""
        super().check_entry()
        self.targets = targets_of(self.case, reconsideration.disputed(self.objection))
        self.agreed, self.differ = reconsideration.agreement(self.objection, self.targets)

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Ask only for what the two judged differently."""
        return {"targets": self.differ}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Show both judgements side by side."""
        by_person = queries.handed_in(self.objection)
        return {
            **super().context(forms),
            "form": forms["conclude"],
            "people": [next(iter(rows.values())).by for rows in by_person.values()],
            "judged": [
                (target, [rows.get(target.key) for rows in by_person.values()]) for target in self.targets
            ],
            "rating": rating_in_force(self.case, self.case.round),
        }

    def perform_conclude(self, form: forms.ConcludeForm) -> None:
        """Conclude."""
        notes: Mapping[str, str] = form.notes()
        reconsideration.conclude(
            self.objection,
            reason=form.cleaned_data["reason"],
            settlements=form.values(),
            notes=notes,
            by=self.request.user,
            at=self.at,
        )
        self.say(_("复核结论已作出，已按重新评审的结果计分。"))


class ReplyPage(ObjectionPage):
    """The province notes how the decision was served."""

    template_name = "review/reply_objection.html"
    node = "publication.reply"
    verbs = {"serve": forms.ServeForm}

    def perform_serve(self, form: forms.ServeForm) -> None:
        """Note the service."""
        objections.serve(self.objection, how=form.cleaned_data["how"], by=self.request.user, at=self.at)
        self.say(_("送达情况已登记。"))
