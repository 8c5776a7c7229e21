"""What is still missing before an application can be handed in, each with the page that mends it (R4-024)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.core.elements import Indicator
from applications.core.papers import claimable
from applications.queries.dossier import Dossier
from applications.queries.intake import Scope
from applications.words import printed, words

DOCUMENTS = "document_review"
SURVEY = "questionnaire_survey"


@dataclass(frozen=True)
class Gap:
    """A thing to mend: the sentence, the kind of page (``form``, ``fact``, ``indicator``, ``awards``) and its key.

    ``must``: the application cannot be handed in with it; otherwise it is advice.
    """

    page: str
    key: str
    sentence: str
    must: bool = True


def gaps_of(dossier: Dossier) -> list[Gap]:
    """Every gap, in the order in which one fills the papers in."""
    return [*_form(dossier), *_facts(dossier), *_indicators(dossier), *_awards(dossier)]


def gaps_within(dossier: Dossier, scope: Scope) -> list[Gap]:
    """The gaps that the community can mend now: all while filling, those of what was returned while correcting."""
    if scope.everything:
        return gaps_of(dossier)
    keeps = {
        "form": lambda key: scope.form,
        "fact": scope.fact,
        "indicator": scope.indicator,
        "awards": lambda key: scope.awards,
    }
    return [gap for gap in gaps_of(dossier) if keeps[gap.page](gap.key)]


def _form(dossier: Dossier) -> Iterator[Gap]:
    if dossier.form is None:
        yield Gap("form", "form", _("申报表的联系人和联系电话未填写。"))


def _facts(dossier: Dossier) -> Iterator[Gap]:
    for key, spec in dossier.specs.items():
        label = {"label": printed(spec.label)}
        if key not in dossier.values:
            yield Gap("fact", key, _("“%(label)s”未填写。") % label)
        elif dossier.facts[key].carried:
            yield Gap("fact", key, _("“%(label)s”沿用上次申报，尚未核对。") % label)
    for fault in dossier.faults:
        yield Gap("fact", fault.key.partition(".")[0], words(fault.text))


def _indicators(dossier: Dossier) -> Iterator[Gap]:
    for indicator in dossier.plan.indicators:
        name = f"{indicator.id} {printed(indicator.short)}"
        claim = dossier.claims.get(indicator.id)
        if claimable(indicator) and claim is None:
            yield Gap("indicator", indicator.id, _("“%(name)s”未作自评。") % {"name": name})
            continue
        if claim is not None and claim.carried:
            sentence = _("“%(name)s”的自评沿用上次申报，尚未核对。")
            yield Gap("indicator", indicator.id, sentence % {"name": name})
        if _wants_proof(dossier, indicator):
            if indicator.method == DOCUMENTS:
                sentence = _("“%(name)s”以查阅资料评定，尚无佐证材料。")
                yield Gap("indicator", indicator.id, sentence % {"name": name})
            else:
                sentence = _("“%(name)s”没有佐证材料，建议上传照片或文件。")
                yield Gap("indicator", indicator.id, sentence % {"name": name}, must=False)


def _wants_proof(dossier: Dossier, indicator: Indicator) -> bool:
    """Whether points are claimed for the indicator and no file shows why."""
    if indicator.method == SURVEY or dossier.files.get(indicator.id):
        return False
    return dossier.line(indicator).points > 0


def _awards(dossier: Dossier) -> Iterator[Gap]:
    for award in dossier.awards:
        if award.evidence is None or award.evidence.removed_at is not None:
            yield Gap("awards", str(award.pk), _("表彰“%(title)s”没有证书文件。") % {"title": award.title})
