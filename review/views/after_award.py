"""What may become of a star before its time: the community's statement, the decision, the certificate taken back."""

from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from applications import clock
from applications.errors import Hidden
from applications.views.base import CasePage
from review.actions import certificates, revocation
from review.forms import publication as forms
from review.queries import revocations


class ProposalPage(CasePage):
    """A step on a proposal to lower or revoke the star of the case."""

    def check_entry(self) -> None:
        """Find the proposal; it must belong to the case of the address."""
        found = revocations.of_key(self.case, self.kwargs["key"])
        if found is None:
            raise Hidden
        self.proposal = found
        super().check_entry()

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the proposal and what the community said of it."""
        shown = {
            "proposal": self.proposal,
            "statement": revocations.statement_of(self.proposal),
            "step": self.todo(),
        }
        return {**super().context(forms), **shown}

    def success_url(self) -> str:
        """Go to what was published of the case."""
        return reverse("publications", kwargs={"case": self.case.pk})


class StatePage(ProposalPage):
    """The community states its case, or that it has nothing to say."""

    template_name = "review/state_award.html"
    node = "publication.hear"
    verbs = {"state": forms.StatementForm, "waive": forms.NothingForm}

    def perform_state(self, form: forms.StatementForm) -> None:
        """State."""
        revocation.state(self.proposal, text=form.cleaned_data["text"], by=self.request.user, at=self.at)
        self.say(_("陈述申辩意见已提交，审批人将一并审阅。"))

    def perform_waive(self, form: forms.NothingForm) -> None:
        """Have nothing to say."""
        revocation.state(self.proposal, text="", by=self.request.user, at=self.at)
        self.say(_("已记录：社区没有陈述申辩意见。"))


class ApproveRevocationPage(ProposalPage):
    """A second publisher decides on a proposal to lower or revoke a star."""

    template_name = "review/approve_revocation.html"
    node = "publication.approve_revocation"
    verbs = {"revoke": forms.NothingForm, "reject": forms.ReasonForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the words that would be published."""
        title, text = revocation.words(self.proposal, self.case, self.at)
        return {**super().context(forms), "title": title, "text": text}

    def perform_revoke(self, form: forms.NothingForm) -> None:
        """End the star as proposed and publish."""
        end = revocation.lower if self.proposal.star else revocation.revoke
        end(self.proposal, by=self.request.user, at=self.at)
        if self.proposal.star:
            self.say(_("降星公告已发布，原证书失效，新证书自即日起有效。"))
        else:
            self.say(_("撤销公告已发布，证书自即日起失效。"))

    def perform_reject(self, form: forms.ReasonForm) -> None:
        """Reject."""
        revocation.reject(self.proposal, reason=form.cleaned_data["reason"], by=self.request.user, at=self.at)
        self.say(_("提议未获同意，星级继续有效。"))


class CollectPage(ProposalPage):
    """The county notes that certificate and plaque came back, or that they did not and are void."""

    template_name = "review/collect_certificate.html"
    node = "publication.collect_certificate"
    verbs = {"receive": forms.ReturnForm, "void": forms.VoidForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with today."""
        return {"initial": {"on": clock.day_of(self.at)}} if verb == "receive" else {}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add whether the term is over: before that nothing can be declared void."""
        shown = super().context(forms)
        due = shown["step"].due_on if shown["step"] else None
        return {**shown, "due": due, "over": due is None or clock.day_of(self.at) > due}

    def perform_receive(self, form: forms.ReturnForm) -> None:
        """Note the return."""
        certificates.receive(self.proposal, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("证书和牌匾的交回已登记。"))

    def perform_void(self, form: forms.VoidForm) -> None:
        """Declare void."""
        certificates.void(self.proposal, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("逾期未交回的证书和牌匾已作废，公众核验页已注明。"))
