"""The county's pages of the satisfaction survey, and the interviewers' one."""

import csv
import io
import secrets
from functools import cached_property
from typing import Any

import segno
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from applications.core.canonical import decimal_text
from applications.errors import Hidden, NotAllowed, Refused
from applications.views.base import put_faults
from review.actions import survey, survey_answers, survey_links
from review.core.questionnaire import LEVEL_NAMES
from review.core.sampling import proposed
from review.core.tally import CHECK_PCT, EXCLUDED_PCT, Tally
from review.forms import survey as forms
from review.models import SurveyAnswer, SurveyRound
from review.queries import surveys
from review.views.readable import TeamPageOnly

PER_PAGE = 50


class SurveyPages(TeamPageOnly):
    """What the pages of the survey share."""

    node = "collection.survey"

    @cached_property
    def rounds(self) -> list[SurveyRound]:
        """The surveys of this round, newest first."""
        return surveys.rounds_of(self.case)

    @cached_property
    def current(self) -> SurveyRound | None:
        """The survey that is going on."""
        return next((row for row in self.rounds if row.state == SurveyRound.State.OPEN), None)

    @property
    def needed(self) -> str:
        """The return rate the standard asks for, in percent."""
        spec = surveys.survey_fact(self.case)
        return decimal_text(spec.min_return_pct) if spec else "90"

    def success_url(self) -> str:
        """Stay."""
        return self.request.path


class SurveyPage(SurveyPages):
    """Opening a survey, how many came back, links, and closing it.

    What was answered is shown once the survey has ended, so that nobody ends or voids it by its result.
    """

    template_name = "review/survey.html"
    verbs = {
        "open": forms.OpenForm,
        "issue": forms.IssueForm,
        "void_links": forms.VoidLinksForm,
        "close": forms.NoForm,
        "void": forms.ReasonForm,
    }

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with the community's households, and a fresh key for issuing."""
        own: dict[str, Any] = {"auto_id": f"id_{verb}_%s"}  # two forms of the page ask for a reason
        if verb == "open":
            own["initial"] = self._proposal()
        elif verb == "issue":
            own["initial"] = {"once": secrets.token_hex(16), "count": self.to_issue or None}
        return own

    @cached_property
    def tally(self) -> Tally | None:
        """The figures of the survey that is going on."""
        return surveys.tally_of(self.current) if self.current else None

    @property
    def to_issue(self) -> int:
        """How many sheets the sample still lacks."""
        if self.current is None or self.tally is None:
            return 0
        return max(0, min(self.current.sample_size - self.tally.distributed, survey_links.MOST_AT_ONCE))

    def _proposal(self) -> dict[str, Any]:
        """Propose the register of all households, by grids where they are declared, and a sample that is large enough."""
        grids = surveys.grids_of(self.case)
        households = sum(grids) or self.case.community.households
        lines = [
            f"{_('第%(n)s网格') % {'n': number}} {size}" for number, size in enumerate(grids, start=1) if size
        ]
        return {
            "frame": _("本社区全部常住户名册"),
            "frame_size": households,
            "sample_size": proposed(households),
            "strata": "\n".join(lines),
            "sampling": _("按网格分层、按户数比例分配、层内随机抽取。") if lines else "",
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the figures of the survey that is going on and of earlier ones."""
        current = self.current
        tally = self.tally
        figures = surveys.figures_of(tally, current) if tally and current else None
        spec = surveys.survey_fact(self.case)
        enough = bool(tally and tally.enough(spec.min_return_pct if spec else 90))
        return {
            **super().context(forms),
            "current": current,
            "figures": figures,
            "needed": self.needed,
            "enough": enough,
            "lacking": tally.lacking(spec.min_return_pct if spec else 90) if tally else 0,
            "blocks": self.case.batch.policy.get("survey_validity", survey.BLOCK) == survey.BLOCK,
            "many_excluded": bool(tally and tally.excluded * 100 > tally.issued * EXCLUDED_PCT),
            "voided": surveys.voided_links(current) if current else [],
            "parts": [
                {"row": part, "short": part.short_of(spec.min_return_pct if spec else 90)}
                for part in (surveys.parts_of(current) if current else [])
            ],
            "rounds": [
                {"row": row, "levels": level_rows(row.figures), "means": mean_rows(row)}
                for row in self.rounds
                if row is not current
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Issuing answers with the list itself: it is shown this once and kept nowhere."""
        if request.POST.get("verb") != "issue":
            return super().post(request, *args, **kwargs)
        if not self.mine.ok:
            raise NotAllowed(self.mine.reason)
        made = self.forms(bound="issue")
        form, status = made["issue"], 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                issued = survey_links.issue_links(
                    self.case, count=data["count"], once=data["once"], by=request.user, at=self.at
                )
            except NotAllowed:
                raise
            except Refused as error:
                put_faults(form, error)
                status = error.status
            else:
                return self._list(issued, data["output"])
        return render(request, self.template_name, {**self.context(made), "failed": form}, status=status)

    def _list(self, issued: list[survey_links.Issued], output: str) -> HttpResponse:
        site = settings.SITE_URL if settings.PRODUCTION else self.request.build_absolute_uri("/").rstrip("/")
        strata = self.current.strata if self.current else []
        rows = [
            (
                link.serial,
                site + reverse("survey_answer", args=[link.token]),
                strata[link.stratum]["name"] if link.stratum is not None else "",
            )
            for link in issued
        ]
        if output == "csv":
            out = io.StringIO()
            csv.writer(out).writerows([(_("编号"), _("链接"), _("分层")), *rows])
            response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
            name = f"survey-{self.case.number}-{rows[0][0]}-{rows[-1][0]}.csv"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        else:
            sheets = [
                {"serial": serial, "url": url, "code": qr(url), "stratum": name} for serial, url, name in rows
            ]
            context = {"case": self.case, "sheets": sheets, "back": self.request.path}
            response = render(self.request, "review/survey_links.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def perform_open(self, form: forms.OpenForm) -> None:
        """Open a survey."""
        survey.open_survey(self.case, frame=form.value, by=self.request.user, at=self.at)
        self.say(_("满意度调查已启动，请签发问卷链接。"))

    def perform_void_links(self, form: forms.VoidLinksForm) -> None:
        """Take links out that nobody could answer."""
        numbers = survey_links.void_links(self.case, **form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("已作废%(count)d份未送达问卷。") % {"count": len(numbers)})

    def perform_close(self, form: forms.NoForm) -> str:
        """Close the survey as valid."""
        survey.close_survey(self.case, by=self.request.user, at=self.at)
        self.say(_("满意度调查已结束，结果已用于满意度指标。"))
        return super(SurveyPages, self).success_url()

    def perform_void(self, form: forms.ReasonForm) -> None:
        """Void the survey."""
        reason = form.cleaned_data["reason"]
        survey.void_survey(self.case, reason=reason, by=self.request.user, at=self.at)
        self.say(_("本次调查已作废，可重新启动。"))


def mean_rows(row: SurveyRound) -> list[dict[str, Any]]:
    """Return the five-level questions with their means, as far as a survey that has ended keeps them."""
    means = (row.figures or {}).get("means", {})
    return [
        {"label": _(question["text"]), "mean": means[question["key"]]}
        for question in row.questions
        if question["key"] in means
    ]


def level_rows(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the five levels with their counts."""
    return [{"label": _(name), "count": figures[key]} for key, name in LEVEL_NAMES.items()]


def qr(text: str) -> str:
    """Return the QR code of an address as an svg without style attributes."""
    drawing = segno.make(text, error="m").svg_inline(
        scale=3, border=2, omitsize=False, svgclass="qr", lineclass=None
    )
    return mark_safe(drawing)  # noqa: S308 (drawn by segno from an address of our own)


class AnswersPage(SurveyPages):
    """The returned forms without what was answered: checking by sample, voiding with a reason.

    What a form says is not shown to whoever may void it, so that nobody voids the dissatisfied ones.
    """

    template_name = "review/survey_answers.html"
    verbs = {"draw": forms.NoForm, "check": forms.CheckForm, "void": forms.VoidAnswersForm}

    @cached_property
    def survey(self) -> SurveyRound:
        """The survey that is going on, else the last one."""
        found = self.current or (self.rounds[0] if self.rounds else None)
        if found is None:
            raise Hidden
        return found

    @cached_property
    def interviewers(self) -> list[tuple[int, str, int]]:
        """Who entered forms, and how many."""
        rows = self.survey.answers.exclude(entered_by=None).order_by("entered_by")
        return list(rows.values_list("entered_by", "entered_by__name").annotate(count=Count("pk")))

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the interviewers; the fields of a check have the ids of the row that they stand in."""
        if verb == "check":
            return {"auto_id": self.ids_of_row("answer")}
        return {"interviewers": [row[:2] for row in self.interviewers]} if verb == "void" else {}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the forms returned, and those drawn for a check."""
        kind = self.request.GET.get("kind", "")
        page = Paginator(surveys.answers_of(self.survey, kind=kind), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        figures = surveys.figures_of(surveys.tally_of(self.survey), self.survey)
        typed = getattr(forms.get("check"), "data", {})  # the reason stays with the row it was written for
        reasons = {typed.get("answer"): typed.get("reason", "")}
        return {
            **super().context(forms),
            "survey": self.survey,
            "page": page,
            "rows": [{"row": row, "same": same_throughout(row)} for row in page],
            "figures": figures,
            "share": CHECK_PCT,
            "drawn": [
                {"row": row, "reason": reasons.get(str(row.pk), "")}
                for row in surveys.answers_of(self.survey, kind="drawn")
            ],
            "tabs": self._tabs(kind, figures),
            "interviewers": self.interviewers,
        }

    def _tabs(self, kind: str, figures: dict[str, Any]) -> list[dict[str, Any]]:
        kinds = [
            ("", _("全部"), figures["returned"]),
            ("online", _("线上"), figures["online"]),
            ("face", _("入户"), figures["face"]),
            ("void", _("作废"), figures["voided"]),
        ]
        return [
            {"label": label, "href": f"?kind={key}", "count": count, "current": key == kind}
            for key, label, count in kinds
        ]

    def perform_draw(self, form: forms.NoForm) -> None:
        """Draw the sample."""
        count = survey_answers.draw_checks(self.case, by=self.request.user, at=self.at)
        self.say(_("已抽取%(count)d份入户问卷待核查。") % {"count": count})

    def perform_check(self, form: forms.CheckForm) -> None:
        """Enter the outcome of a check."""
        data = form.cleaned_data
        answer = get_object_or_404(SurveyAnswer, pk=data["answer"], survey=self.survey)
        survey_answers.check_answer(
            self.case,
            answer=answer,
            passed=data["outcome"] == "passed",
            reason=data["reason"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("核查结果已登记。"))

    def perform_void(self, form: forms.VoidAnswersForm) -> None:
        """Void forms."""
        data = form.cleaned_data
        count = survey_answers.void_answers(
            self.case,
            answers=[key for key in data["ids"] if is_uuid(key)],
            interviewer=int(data["interviewer"]) if data["interviewer"] else None,
            reason=data["reason"],
            by=self.request.user,
            at=self.at,
        )
        self.say(_("已作废%(count)d份问卷。") % {"count": count})


def is_uuid(text: str) -> bool:
    """Whether a posted key can be that of an answer."""
    return len(text) == 36 and text.replace("-", "").isalnum() and text.isascii()


def same_throughout(row: SurveyAnswer) -> bool:
    """Whether all five-level questions got the same answer, which cleaning looks at (R4-072)."""
    levels = [value for value in row.answers.values() if value in LEVEL_NAMES]
    return len(levels) > 1 and len(set(levels)) == 1


class InterviewsPage(SurveyPages):
    """The interviewers enter forms filled in face to face."""

    template_name = "review/interviews.html"
    node = "collection.interviews"
    verbs = {"enter": forms.EntryForm, "finish": forms.NoForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Give the questions of the survey that is going on."""
        return {"questions": self.current.questions if self.current else []} if verb == "enter" else {}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add how many the person has entered and which numbers are free."""
        current = self.current
        entered = current.answers.filter(entered_by=self.request.user).count() if current else 0
        return {
            **super().context(forms),
            "form": forms["enter"],
            "current": current,
            "entered": entered,
            "free": surveys.free_serials(current) if current else [],
        }

    def perform_enter(self, form: forms.EntryForm) -> None:
        """Enter a form."""
        serial = form.cleaned_data["serial"]
        survey_answers.enter_answer(
            self.case, serial=serial, answers=form.answers, by=self.request.user, at=self.at
        )
        self.say(_("编号%(serial)d的问卷已录入。") % {"serial": serial})

    def perform_finish(self, form: forms.NoForm) -> str:
        """End one's interviews."""
        survey.finish_interviews(self.case, by=self.request.user, at=self.at)
        self.say(_("入户调查已完成。"))
        return super(SurveyPages, self).success_url()
