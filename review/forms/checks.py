"""Forms of the documents and site streams: a page's note, photos and facts; confirming several; ending."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.core.kinds import KINDS
from applications.forms.fields import ACCEPT, FilesField, ManyFiles
from review.actions.fact_checks import Found, field
from review.actions.observations import Sighting
from review.core.stamps import Stamp, read_stamp
from review.models import FactCheck, Observation
from review.queries.observations import FactRow, Page

AS_DECLARED, CORRECTED = FactCheck.Verdict.CONFIRMED, FactCheck.Verdict.CORRECTED
SEEN_OPTIONS = [
    (Observation.Seen.AGREES, _("相符"), "yes", "check"),
    (Observation.Seen.PARTLY, _("部分相符"), "part", "circle-dot"),
    (Observation.Seen.DIFFERS, _("不相符"), "no", "x"),
]
VERDICT_OPTIONS = [
    (AS_DECLARED, _("与申报一致"), "yes", "check"),
    (CORRECTED, _("更正"), "part", "pencil"),
]
NEVER_DECLARED = VERDICT_OPTIONS[1:]


class Stamped(forms.Form):
    """What a phone adds by itself: when by its clock, and where if the person agreed."""

    acted_at = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    where = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def stamp(self, now: datetime) -> Stamp:
        """Return when and where, as far as it can be true."""
        return read_stamp(self.cleaned_data["acted_at"], self.cleaned_data["where"], now=now)


class PageForm(Stamped):
    """What a person notes on one page of a stream, with the facts that belong to it."""

    client_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    next = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(label=_("与申报相比"), max_length=8, required=False)
    note = forms.CharField(
        label=_("记录"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3, "class": "full"}),
    )
    place = forms.CharField(label=_("地点"), max_length=120, required=False)
    photos = FilesField(label=_("照片"), required=False, widget=ManyFiles({"accept": "image/*"}))

    def __init__(self, *args: Any, page: Page, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        for row in page.facts:
            self._fact_fields(row)

    def _fact_fields(self, row: FactRow) -> None:
        key, check = row.spec.key, row.check
        corrected = check is not None and check.verdict == CORRECTED
        self.fields[field(key, "verdict")] = forms.CharField(
            required=False, max_length=12, initial=check.verdict if check else ""
        )
        self.fields[field(key, "value")] = forms.CharField(
            label=_("核实值"),
            help_text=_("多个数用顿号隔开。") if KINDS[row.spec.kind].shape == "list" else "",
            max_length=4000,
            required=False,
            initial=row.typed if corrected else "",
            widget=forms.TextInput({"inputmode": "text", "autocomplete": "off"}),
        )
        self.fields[field(key, "reason")] = forms.CharField(
            label=_("更正理由"), max_length=500, required=False, initial=check.reason if check else ""
        )
        self.fields[field(key, "proof")] = forms.FileField(
            label=_("依据"), required=False, widget=forms.FileInput({"accept": ACCEPT})
        )
        self.fields[field(key, "revision")] = forms.IntegerField(
            required=False, initial=check.revision if check else 0, widget=forms.HiddenInput
        )

    def facts(self) -> list[dict[str, Any]]:
        """Return the page's facts with their fields."""
        parts = ("verdict", "value", "reason", "proof", "revision")
        return [
            {
                "row": row,
                "options": NEVER_DECLARED if row.declared is None else VERDICT_OPTIONS,
                **{part: self[field(row.spec.key, part)] for part in parts},
            }
            for row in self.page.facts
        ]

    @property
    def found(self) -> dict[str, Found]:
        """What was found of each fact on which something was chosen or typed."""
        data, found = self.cleaned_data, {}
        for row in self.page.facts:
            key = row.spec.key
            verdict, value = data[field(key, "verdict")], data[field(key, "value")]
            reason, proof = data[field(key, "reason")], data[field(key, "proof")]
            if verdict or value or reason or proof:
                revision = data[field(key, "revision")] or 0
                found[key] = Found(verdict, value, reason, proof, revision)
        return found

    @property
    def sighting(self) -> Sighting:
        """What was noted."""
        data = self.cleaned_data
        return Sighting(data["seen"], data["note"], data["place"])


class PhotosForm(Stamped):
    """Photos of a page that come by themselves, one after the other from a weak network."""

    client_key = forms.CharField(max_length=64, required=False)
    photos = FilesField(label=_("照片"), widget=ManyFiles({"accept": "image/*"}))

    def clean_photos(self) -> list[Any]:
        """Refuse none at all."""
        photos: list[Any] = self.cleaned_data["photos"]
        if not photos:
            raise forms.ValidationError(_("请选择照片。"))
        return photos


class ConfirmForm(forms.Form):
    """Facts ticked as declared."""

    keys = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, keys: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keys"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


class PhotoForm(forms.Form):
    """A photo taken back."""

    photo = forms.IntegerField()


class FinishForm(forms.Form):
    """Ending needs nothing but the button."""
