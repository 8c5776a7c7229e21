"""How the system runs, for its administrator: what could not be delivered, what the clock could not do."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict, no
from applications.errors import NotAllowed, Refused
from applications.models import ClockStep
from applications.permissions import grants
from applications.views.office.base import OfficePage
from notifications import outbox
from notifications.models import Delivery, Outbox
from workflow import clock, health

MOST = 100


class RetryForm(forms.Form):
    """Which dead work to try again."""

    pk = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)


class Running(OfficePage):
    """How it runs in words, dead messages with a button to try again, failed deliveries, the clock's steps."""

    template_name = "workflow/running.html"
    verbs = {"retry": RetryForm}

    def verdict(self) -> Verdict:
        """The administrator repairs, the auditor reads."""
        held = grants(self.request.user)
        if "manage_accounts" in held or "audit" in held:
            return YES
        return no(_("您没有查看系统运行情况的权限。"))

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add what failed."""
        return {
            **super().context(forms),
            "dead": Outbox.objects.filter(dead_at__isnull=False).order_by("-dead_at")[:MOST],
            "undelivered": Delivery.objects.filter(failed_at__isnull=False)
            .select_related("notification__user")
            .order_by("-failed_at")[:MOST],
            "health": health.checks(self.at),
            "steps": [
                (clock.LABELS.get(row.name, row.name), row) for row in ClockStep.objects.order_by("name")
            ],
            "waiting": outbox.waiting(self.at).count(),
            "may_retry": "manage_accounts" in grants(self.request.user),
        }

    def perform_retry(self, form: Any) -> str:
        """Let dead work be tried again."""
        if "manage_accounts" not in grants(self.request.user):
            raise NotAllowed(_("您没有重新发送的权限。"))
        if not outbox.revive(form.cleaned_data["pk"], now=self.at):
            raise Refused(_("该事项已不在失败之列，无需重新发送。"))
        self.say(_("已安排重新发送。"))
        return "/office/running/"
