"""Taking over the last application: what there is, what is chosen."""

from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from applications.actions.reuse import AWARDS, CLAIMS, FACTS, reuse
from applications.errors import Hidden
from applications.forms.papers import ReuseForm
from applications.queries.earlier import Earlier, earlier_of
from applications.views.paper import PaperPage


class ReusePage(PaperPage):
    """The facts, claims, files and commendations of the last application; taken over only where nothing stands yet."""

    template_name = "applications/reuse.html"
    verbs = {"reuse": ReuseForm}

    @property
    def earlier(self) -> Earlier:
        """The last application, where there is one and this one is still being filled in."""
        if not hasattr(self, "_earlier"):
            if self.correcting:
                raise Hidden
            self._earlier = earlier_of(self.case, self.dossier.plan, self.request.user)  # type: ignore[arg-type]
        if self._earlier is None:
            raise Hidden
        return self._earlier

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the parts that hold something, all chosen at first."""
        found = self.earlier
        counted = (
            (FACTS, len(found.facts), _("数据（%(count)s项）")),
            (CLAIMS, len(found.claims), _("自评和说明（%(count)s项）")),
            (AWARDS, len(found.awards), _("表彰（%(count)s项）")),
        )
        parts = [(key, words % {"count": count}) for key, count, words in counted if count]
        return {
            "parts": parts,
            "choices": [row.pk for row in found.evidence],
            "initial": {"parts": [key for key, _words in parts]},
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the case it comes from and its files."""
        form: Any = forms["reuse"]
        return {
            **super().context(forms),
            "form": form,
            "earlier": self.earlier,
            "files": [{"row": row, "ticked": row.pk in form.ticked} for row in self.earlier.evidence],
        }

    def perform_reuse(self, form: Any) -> str:
        """Take over what was chosen."""
        data = form.cleaned_data
        done = reuse(self.case, parts=data["parts"], files=data["files"], by=self.request.user, at=self.at)
        self.say(
            _(
                "已沿用数据%(facts)s项、自评%(claims)s项、材料%(files)s份、表彰%(awards)s项，请逐页核对后保存。"
            )
            % vars(done)
        )
        return self.home()
