"""Checking and signing, the receipt with its ten minutes, giving the application up."""

from datetime import timedelta
from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.actions.submission import submit, undertaking_of
from applications.actions.withdrawal import abandon, may_recall, recall
from applications.core.canonical import decimal_text
from applications.errors import Hidden, NotAllowed
from applications.forms.facts import anchor
from applications.forms.papers import PickForm, ReasonForm, SignForm
from applications.models import Case, Submission
from applications.permissions import may_on_case
from applications.queries.gaps import Gap, gaps_of
from applications.queries.intake import open_step, recall_until
from applications.queries.tasks import ruler_bands
from applications.steps import step_of
from applications.views.base import CasePage
from applications.views.paper import PaperPage
from applications.words import data_words


class SigningPage(PaperPage):
    """Every gap with the page that mends it; then the head signs the undertaking and hands in."""

    template_name = "applications/check.html"
    verbs = {"submit": SignForm}

    def check_entry(self) -> None:
        """A returned application is handed in again from its own page."""
        super().check_entry()
        if self.correcting:
            raise Hidden

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the gaps, the forecast, the undertaking and whether this person may sign."""
        gaps = gaps_of(self.dossier)
        result = self.dossier.result
        musts = [self._row(gap) for gap in gaps if gap.must]
        sign = may_on_case(self.request.user, "sign_application", self.case)
        reason = ""
        if musts:
            reason = _("还有%(count)s项必须补齐的内容。") % {"count": len(musts)}
        elif not sign.ok:
            reason = _("须由社区书记签署承诺后提交，请通知书记登录办理。")
        return {
            **super().context(forms),
            "form": forms["submit"],
            "musts": musts,
            "groups": self._grouped([gap for gap in gaps if gap.must]),
            "advice": [self._row(gap) for gap in gaps if not gap.must],
            "undertaking": undertaking_of(self.case),
            "reason": reason,
            "total": decimal_text(result.total),
            "star": result.star,
            "bands": ruler_bands(self.dossier.plan.standard),
            "most": decimal_text(self.dossier.most_points),
            "may_sign": sign.ok,
        }

    def _grouped(self, gaps: list[Gap]) -> list[dict[str, Any]]:
        """The gaps under the headings of the task list."""
        standard = self.dossier.plan.standard
        names = {
            dimension.id: f"{dimension.id} {data_words(dimension.name)}" for dimension in standard.dimensions
        }
        found: dict[str, list[dict[str, str]]] = {}
        for gap in gaps:
            if gap.page == "indicator":
                heading = names[standard.indicators[gap.key].dimension_id]
            else:
                heading = _("加分项") if gap.page == "awards" else _("申报表与数据")
            found.setdefault(heading, []).append(self._row(gap))
        return [{"name": name, "rows": rows} for name, rows in found.items()]

    def _row(self, gap: Gap) -> dict[str, str]:
        return {"sentence": gap.sentence, "href": self._address(gap)}

    def _address(self, gap: Gap) -> str:
        if gap.page == "fact":
            topic = self.dossier.topic_of(gap.key)
            return (
                self.to("facts", topic=topic.id) + anchor(self.dossier.specs[gap.key])
                if topic
                else self.home()
            )
        if gap.page == "indicator":
            return self.to("apply_indicator", indicator=gap.key)
        return self.to("awards" if gap.page == "awards" else "apply_form")

    def perform_submit(self, form: Any) -> str:
        """Sign and hand in."""
        submission = submit(self.case, by=self.request.user, at=self.at)
        self.say(_("申报已提交，回执编号 %(receipt)s。") % {"receipt": submission.receipt})
        return self.to("receipt", pk=submission.pk)


class ReceiptPage(CasePage):
    """What was handed in, when, by whom, with which number; for ten minutes it can be taken back."""

    template_name = "applications/receipt.html"
    right = "view_case"
    verbs = {"recall": PickForm}

    def check_entry(self) -> None:
        """Whoever sees the case may read its receipts."""

    @property
    def submission(self) -> Submission:
        """The submission of the URL."""
        if not hasattr(self, "_submission"):
            rows = Submission.objects.filter(case=self.case).select_related("signed_by", "recall__by")
            found = rows.filter(pk=self.kwargs["pk"]).first()
            if found is None:
                raise Hidden
            found.case = self.case
            self._submission = found
        return self._submission

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the submission, the step it waits at, and whether it can still be taken back."""
        submission, step = self.submission, open_step(self.case)
        left = recall_until(submission) - self.at
        own = may_on_case(self.request.user, "sign_application", self.case).ok
        taken = may_recall(submission, by=self.request.user, at=self.at)
        recalled = getattr(submission, "recall", None)
        return {
            **super().context(forms),
            "submission": submission,
            "recalled": recalled,
            "waits": step_of(step).label if step else "",
            "step": step,
            "own": own,
            "recall": taken,
            "minutes": max(-(-left // timedelta(minutes=1)), 0),
            "stars": submission.applied_star,
            "form": forms["recall"],
        }

    def perform_recall(self, form: Any) -> str:
        """Take the submission back."""
        recall(self.case, submission=self.submission.pk, by=self.request.user, at=self.at)
        self.say(_("申报已撤回，可以继续修改。"))
        return reverse("apply", kwargs={"case": self.case.pk})


class AbandonPage(CasePage):
    """Giving the application up: the head's word, with a reason."""

    template_name = "applications/abandon.html"
    right = "sign_application"
    verbs = {"abandon": ReasonForm}

    def check_entry(self) -> None:
        """The head only, and only while the application is under way."""
        verdict = may_on_case(self.request.user, self.right, self.case)
        if not verdict.ok:
            raise NotAllowed(verdict.reason)
        if self.case.state != Case.State.APPLICATION:
            raise Hidden

    def perform_abandon(self, form: Any) -> str:
        """Give the application up."""
        abandon(self.case, reason=form.cleaned_data["reason"], by=self.request.user, at=self.at)
        self.say(_("申报已撤回，本案办结。"))
        return reverse("application", kwargs={"case": self.case.pk})
