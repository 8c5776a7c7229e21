"""What leaves a survey: the households to call on, and the data of one that has ended."""

import csv
import io
import zipfile
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse

from applications.errors import Hidden
from applications.views.base import READING
from review.core import coding
from review.core.sampling import RESERVE_PCT
from review.models import SurveyRound
from review.queries import surveys
from review.views.survey import SurveyPages


class DoorsPage(SurveyPages):
    """The households drawn for the survey that is going on, for those who knock: by stratum, in the order of the draw."""

    template_name = "review/survey_doors.html"
    http_method_names = READING

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the draw."""
        if self.current is None or not self.current.strata:
            raise Hidden
        return {
            **super().context(forms),
            "current": self.current,
            "doors": surveys.doors_of(self.current),
            "reserve": RESERVE_PCT,
        }


class SurveyData(SurveyPages):
    """The answers of a survey that has ended, coded, with the labels as SPSS commands; without day, person or sheet."""

    http_method_names = READING

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Hand out the two files in one."""
        row = next((row for row in self.rounds if row.number == self.kwargs["number"]), None)
        if row is None or row.state == SurveyRound.State.OPEN:
            raise Hidden
        rows = row.answers.order_by("pk").values_list("answers", "entered_by", "state", "resident")
        answers = ((given, face is not None, state == "valid" and own) for given, face, state, own in rows)
        out = io.StringIO()
        csv.writer(out).writerows(coding.coded(row.questions, answers))
        name = f"survey-{self.case.number}-{row.number}"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
            files.writestr(f"{name}.csv", "\ufeff" + out.getvalue())
            files.writestr(f"{name}.sps", "\ufeff" + coding.syntax(row.questions, f"{name}.csv"))
        response = HttpResponse(packed.getvalue(), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
        return response
