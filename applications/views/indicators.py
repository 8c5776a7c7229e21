"""One dimension's list of indicators, and the page of one indicator."""

from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from applications.actions.claims import Entry, save_claims, save_indicator
from applications.actions.evidence import link, unlink, upload
from applications.core.canonical import decimal_text
from applications.core.elements import Dimension, Indicator, Level
from applications.core.ledger import RELATIONS
from applications.core.papers import claimable
from applications.errors import Hidden, Invalid
from applications.forms.facts import IndicatorForm, field_of
from applications.forms.papers import ClaimsForm, LinkForm, PickForm, UploadForm
from applications.queries.gaps import SURVEY
from applications.queries.tasks import dimension_line, indicator_kind
from applications.views.facts import failed_keys, settle
from applications.views.paper import PaperPage, line_view
from applications.words import data_words, words


class DimensionPage(PaperPage):
    """The indicators of a dimension with what is claimed, computed and proved so far."""

    template_name = "applications/dimension.html"
    verbs = {"save": ClaimsForm}

    @property
    def dimension(self) -> Dimension:
        """The dimension of the URL."""
        found = [d for d in self.dossier.plan.standard.dimensions if d.id == self.kwargs["dimension"]]
        if not found or self.correcting:
            raise Hidden
        return found[0]

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the lines by group and the other dimensions."""
        dossier, dimension = self.dossier, self.dimension
        return {
            **super().context(forms),
            "dimension": dimension,
            "line": dimension_line(dossier, dimension),
            "carried": any(
                i.id in dossier.claims and dossier.claims[i.id].carried for i in dimension.indicators
            ),
            "tabs": [
                {
                    "label": data_words(other.name),
                    "href": self.to("apply_dimension", dimension=other.id),
                    "current": other.id == dimension.id,
                }
                for other in dossier.plan.standard.dimensions
            ],
            "groups": [
                {"group": group, "lines": [self._line(indicator) for indicator in group.indicators]}
                for group in dimension.groups
            ],
        }

    def perform_save(self, form: Any) -> str:
        """Save the claims that were chosen; notes stay as they are."""
        chosen = form.entries(i.id for i in self.dimension.indicators if claimable(i))
        entries = {
            indicator: Entry(reached=reached, note=None, revision=revision)
            for indicator, (reached, revision) in chosen.items()
        }
        me = self.request.user
        self.taken(save_claims(self.case, entries=entries, checked=self.looked_at, by=me, at=self.at))
        self.say(_("自评已保存。"))
        return self.to("apply_dimension", dimension=self.kwargs["dimension"])

    def _line(self, indicator: Indicator) -> dict[str, Any]:
        claim = self.dossier.claims.get(indicator.id)
        return {
            **line_view(self.dossier.line(indicator)),
            "kind": indicator_kind(self.dossier, indicator),
            "claim": claim,
            "claimable": claimable(indicator),
            "files": len(self.dossier.files.get(indicator.id, [])),
            "survey": indicator.method == SURVEY,
            "href": self.to("apply_indicator", indicator=indicator.id),
        }


def requirement_of(level: Level) -> str:
    """What a level asks for, in the standard's words, else from its thresholds."""
    if level.requirement:
        return level.requirement
    if not level.measures:
        return _("达到指标内容的全部要求")
    return _("；").join(
        _("%(label)s%(relation)s %(value)s %(unit)s")
        % {
            "label": data_words(measure.label),
            "relation": words(RELATIONS[measure.op]),
            "value": decimal_text(measure.value),
            "unit": data_words(measure.unit),
        }
        for measure in level.measures
    )


class IndicatorPage(PaperPage):
    """One indicator: wording, levels, what counts as evidence, its facts and measures, the claim, the files."""

    template_name = "applications/indicator.html"
    verbs = {"save": IndicatorForm, "upload": UploadForm, "link": LinkForm, "unlink": PickForm}

    @property
    def indicator(self) -> Indicator:
        """The indicator of the URL, where it is open."""
        found = self.dossier.plan.standard.indicators.get(self.kwargs["indicator"])
        if found is None or not self.scope.evidence(found.id):
            raise Hidden
        return found

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """What each form starts from."""
        if verb == "link":
            return {"choices": [row.pk for row in self.dossier.evidence]}
        if verb != "save":
            return {}
        dossier, indicator = self.dossier, self.indicator
        keys = dossier.facts_by_indicator.get(indicator.id, ())
        claim = dossier.claims.get(indicator.id)
        initial = {"reached": "", "note": "", "revision": 0}
        if claim:
            reached = "yes" if claim.reached else "no"
            initial = {"reached": reached, "note": claim.note, "revision": claim.revision}
        return {
            "specs": {
                key: dossier.specs[key] for key in keys if key in dossier.specs and self.scope.fact(key)
            },
            "values": dossier.values,
            "revisions": {key: row.revision for key, row in dossier.facts.items()},
            "initial": initial,
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add everything there is to read about the indicator and its neighbours."""
        dossier, indicator = self.dossier, self.indicator
        dimension = next(d for d in dossier.plan.standard.dimensions if d.id == indicator.dimension_id)
        order = [other.id for other in dossier.plan.indicators]
        place = order.index(indicator.id)
        files = dossier.files.get(indicator.id, [])
        return {
            **super().context(forms),
            "form": forms["save"],
            "indicator": indicator,
            "dimension": dimension,
            "group": next(group for group in dimension.groups if group.id == indicator.group_id),
            "line": line_view(dossier.line(indicator)),
            "carried": indicator_kind(dossier, indicator) == "carried",
            "levels": [
                {"level": level, "points": decimal_text(level.points), "requirement": requirement_of(level)}
                for level in indicator.levels
            ],
            "claimable": claimable(indicator) and self.scope.indicator(indicator.id),
            "survey": indicator.method == SURVEY,
            "files": files,
            "others": [row for row in dossier.evidence if row not in files],
            "previous": order[place - 1] if place and not self.correcting else "",
            "next": order[place + 1] if place + 1 < len(order) and not self.correcting else "",
            "place": place + 1,
            "count": len(order),
            "reached_options": [("yes", _("达到"), "yes", "check"), ("no", _("未达到"), "no", "x")],
        }

    def perform_save(self, form: Any) -> str:
        """Save the facts and the claim of this page."""
        data = form.cleaned_data
        entry = Entry(
            reached=form.verdict,
            note=data["note"],
            revision=data["revision"] or 0,
            facts=form.typed,
            revisions=form.read_at,
        )
        indicator = self.indicator.id
        saved = save_indicator(
            self.case,
            indicator=indicator,
            entry=entry,
            checked=self.looked_at,
            by=self.request.user,
            at=self.at,
        )
        if not saved.ok:
            self.reread()
            self._settle(form, saved)
        self.taken(saved, {key: field_of(key) for key in form.specs})
        return self._next_url(indicator)

    def _settle(self, form: Any, saved: Any) -> None:
        clashing = [conflict.field for conflict in saved.conflicts]
        settle(form, failed_keys(saved.sentences), clashing, self.dossier)
        claim = self.dossier.claims.get(self.indicator.id)
        if "reached" in clashing and claim:
            form.data["revision"] = str(claim.revision)

    def _next_url(self, indicator: str) -> str:
        if self.correcting:
            return self.home()
        order = [other.id for other in self.dossier.plan.indicators]
        place = order.index(indicator)
        if "next" in self.request.POST and place + 1 < len(order):
            return self.to("apply_indicator", indicator=order[place + 1])
        self.say(_("已保存。"))
        return self._here()

    def _here(self) -> str:
        return self.to("apply_indicator", indicator=self.kwargs["indicator"])

    def perform_upload(self, form: Any) -> str:
        """Keep the files for this indicator."""
        done = upload(
            self.case,
            files=form.cleaned_data["files"],
            indicators=[self.indicator.id],
            sensitive=form.cleaned_data["sensitive"],
            by=self.request.user,
            at=self.at,
        )
        self.reread()
        if done.faults:
            self.refusals = [fault.sentence for fault in done.faults]
            raise Invalid(done.faults)
        self.say(_("已上传%(count)s份材料。") % {"count": len(done.rows)})
        return f"{self._here()}#evidence"

    def perform_link(self, form: Any) -> str:
        """Let files of the library serve this indicator."""
        chosen = form.cleaned_data["evidence"]
        link(self.case, evidence=chosen, indicator=self.indicator.id, by=self.request.user, at=self.at)
        return f"{self._here()}#evidence"

    def perform_unlink(self, form: Any) -> str:
        """Take a file from this indicator; it stays in the library."""
        pk = form.cleaned_data["pk"]
        unlink(self.case, evidence=pk, indicator=self.indicator.id, by=self.request.user, at=self.at)
        self.say(_("已取消关联，文件仍在材料库中。"))
        return f"{self._here()}#evidence"
