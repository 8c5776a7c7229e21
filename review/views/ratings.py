"""The rating page: every point traced to rule, measures, facts, judgements, people and files; recomputed on demand."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext

from applications.core.canonical import decimal_text
from applications.core.elements import Indicator
from applications.core.facts import FIELD_NAMES
from applications.core.faults import Faults
from applications.core.rating import Result
from applications.core.references import COUNTED
from applications.core.standard import Standard
from applications.core.verdict import Verdict
from applications.errors import Hidden, NotAllowed
from applications.models import Evidence
from applications.permissions_evidence import shown_to
from applications.queries.standards import standard_of
from applications.views.base import READING, CasePage
from applications.views.indicators import requirement_of
from applications.words import data_words, value_words
from review.models import Rating, RatingLine
from review.queries.ratings import decision_of, may_see_rating, seal_of_rating
from review.queries.retelling import result_words, retold, together
from review.queries.sheets import fault_lines, recomputed
from review.views.scoring import summary


class RatingAccess(CasePage):
    """Let in whoever may see the rating of the address."""

    http_method_names = READING
    right = "view_case"
    rating: Rating

    def check_entry(self) -> None:
        """The rating must belong to the case; the community waits for the decision."""
        rows = Rating.objects.filter(case=self.case, pk=self.kwargs["pk"])
        found = rows.select_related("standard", "supersedes", "superseded_by", "by").first()
        if found is None:
            raise Hidden
        found.case = self.case
        verdict = may_see_rating(self.request.user, found)
        if not verdict.ok:
            raise NotAllowed(verdict.reason)
        self.rating = found

    def verdict(self) -> Verdict:
        """Reading only."""
        return Verdict(True)


class RatingPage(RatingAccess):
    """A rating with its whole ledger."""

    template_name = "review/rating.html"

    @cached_property
    def files(self) -> Mapping[int, Evidence]:
        """The files that the lines name and the person may know of."""
        rows = Evidence.objects.filter(shown_to(self.request.user), case=self.case)
        return {row.pk: row for row in rows}

    @cached_property
    def retold(self) -> Result | None:
        """The result worked out again, for the reasons in a reader's own language."""
        return retold(self.rating)

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the ledger by dimension, awards, policies, digests and, where asked for, the recomputation."""
        rating = self.rating
        standard = standard_of(rating.standard)
        lines = list(rating.lines.order_by("position"))
        return {
            **super().context(forms),
            **summary(self.case, rating),
            "lines_below": True,
            "groups": [
                {
                    "dimension": dimension,
                    "points": rating.result["points_by_dimension"][dimension.id],
                    "most": decimal_text(dimension.points),
                    "lines": [self._line(row, standard) for row in lines if row.dimension == dimension.id],
                }
                for dimension in standard.dimensions
            ],
            "awards": [
                {**row, "day": date.fromisoformat(row["date"])}
                for row in result_words(rating, self.retold)["awards"]
            ],
            "policies": [
                {
                    "question": ambiguity.question,
                    "option": ambiguity.label(rating.policy[ambiguity.key]),
                    "changed": rating.policy[ambiguity.key] != standard.policy_defaults[ambiguity.key],
                }
                for ambiguity in standard.ambiguities
            ],
            "decision": decision_of(self.case, rating.round),
            "check": self._check(lines) if "recompute" in self.request.GET else None,
        }

    def _line(self, row: RatingLine, standard: Standard) -> dict[str, Any]:
        files = [self.files[item["id"]] for item in row.evidence if item["id"] in self.files]
        indicator = standard.indicators[row.indicator]
        kind = "ok" if row.points == row.maximum else "diff" if row.level else "need"
        facts = [{**fact, "text": fact_words(standard, fact)} for fact in row.facts]
        found = self.retold
        reason = together(found.indicators[row.indicator].reasons) if found else row.reason
        return {
            "row": row,
            "rule": rule_words(indicator) if found else row.rule,
            "indicator": indicator,
            "reason": reason,
            "facts": facts,
            "files": files,
            "kind": kind,
        }

    def _check(self, lines: list[RatingLine]) -> dict[str, Any]:
        """Rate the stored sheet again and compare: the digest of the result, and the seal of the row."""
        rating = self.rating
        try:
            found = recomputed(rating)
        except Faults as error:
            return {"equal": False, "digest": "", "faults": fault_lines(error.faults), "sealed": False}
        sealed = seal_of_rating(rating, lines) == rating.seal
        return {
            "equal": found.digest == rating.digest,
            "digest": found.digest,
            "faults": [],
            "sealed": sealed,
        }


def fact_words(standard: Standard, fact: Mapping[str, Any]) -> str:
    """Return a line's fact as people read it; of a survey, how many came back and counted."""
    spec, value = standard.facts.get(fact["key"]), fact["value"]
    if isinstance(value, Mapping):
        counts = [(FIELD_NAMES[key], value[key]) for key in COUNTED if key in value]
        return gettext("、").join(f"{gettext(name)} {count}" for name, count in counts)
    return value_words(spec, value) if spec else str(value)


class RatingSheet(RatingAccess):
    """The rating's sheet in the contract's form, to be rated by ``manage.py rate`` on any machine."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand the sheet out."""
        name = f"{self.case.number}-{self.rating.round}-{self.rating.number}.json"
        response = JsonResponse(self.rating.sheet, json_dumps_params={"ensure_ascii": False, "indent": 1})
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response


def rule_words(indicator: Indicator) -> str:
    """Return an indicator's rule in the reader's language: every level with its points and what it asks for."""
    return gettext("；").join(
        gettext("%(level)s（%(points)s）：%(asked)s")
        % {
            "level": data_words(level.class_name),
            "points": decimal_text(level.points),
            "asked": data_words(requirement_of(level)),
        }
        for level in indicator.levels
    )
