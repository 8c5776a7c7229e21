"""The documents and site streams: the list of pages, and the page of one indicator, made for a phone."""

import secrets
from functools import cached_property
from typing import Any, ClassVar

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.errors import Hidden
from applications.models import Evidence
from applications.words import data_words
from review.actions import fact_checks, observations
from review.core.streams import DOCUMENTS, SITE
from review.forms.checks import SEEN_OPTIONS, ConfirmForm, FinishForm, PageForm, PhotoForm, PhotosForm
from review.models import Observation
from review.queries.facts import contradictions
from review.queries.observations import Page, Work, claim_of, files_for, work_of
from review.queries.plans import plan_in_force
from review.views.readable import TeamPageOnly
from review.views.replay import Replayed

LABELS = {"need": gettext_lazy("待核实"), "done": gettext_lazy("已完成"), "todo": gettext_lazy("未查看")}


class StreamPages(TeamPageOnly):
    """What the list and the pages of a stream share."""

    stream: ClassVar[str] = DOCUMENTS
    home: ClassVar[str] = "documents"
    one: ClassVar[str] = "documents_page"

    @cached_property
    def work(self) -> Work:
        """The stream as it stands."""
        return work_of(self.case, self.stream)

    def to(self, page: str) -> str:
        """Return the address of a page."""
        return reverse(self.one, kwargs={"case": self.case.pk, "page": page})

    @property
    def list_url(self) -> str:
        """The address of the list."""
        return reverse(self.home, kwargs={"case": self.case.pk})


class StreamPage(StreamPages):
    """The pages of a stream with how far they are; facts that agree are confirmed here, and the stream is ended."""

    template_name = "review/stream.html"
    verbs = {"confirm": ConfirmForm, "finish": FinishForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the facts nobody has looked at."""
        if verb != "confirm":
            return {}
        return {"keys": [row.spec.key for row in self.work.missing if row.declared is not None]}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the pages, grouped as the standard groups them."""
        work = self.work
        facts = [row for page in work.pages for row in page.facts]
        return {
            **super().context(forms),
            "stream": self.stream,
            "work": work,
            "pages": len(work.pages),
            "groups": self._groups(work),
            "facts": len(facts),
            "checked": len(facts) - len(work.missing),
            "open_facts": [row for row in work.missing if row.declared is not None],
            "clashes": contradictions(self.case, work.plan),
            "plan": plan_in_force(self.case),
            "first": next((self.to(page.key) for page in work.pages if page.state != "done"), ""),
        }

    def _groups(self, work: Work) -> list[dict[str, Any]]:
        names = {dimension.id: data_words(dimension.name) for dimension in work.plan.standard.dimensions}
        groups: dict[str, list[dict[str, Any]]] = {}
        for page in work.pages:
            indicator = page.sight.indicator
            name = names[indicator.dimension_id] if indicator else _("其他数据")
            groups.setdefault(name, []).append(
                {
                    "page": page,
                    "title": data_words(indicator.short) if indicator else _("其他数据"),
                    "url": self.to(page.key),
                    "label": LABELS[page.state],
                    "photos": sum(len(row.photos.all()) for row in page.observations),
                }
            )
        return [{"name": name, "rows": rows} for name, rows in groups.items()]

    def success_url(self) -> str:
        """Stay with the list."""
        return self.list_url

    def perform_confirm(self, form: ConfirmForm) -> None:
        """Confirm the ticked facts as declared."""
        count = fact_checks.confirm_declared(
            self.case, stream=self.stream, keys=form.cleaned_data["keys"], by=self.request.user, at=self.at
        )
        self.say(_("已确认%(count)d项与申报一致。") % {"count": count})

    def perform_finish(self, form: FinishForm) -> str:
        """End one's part."""
        ended = fact_checks.finish_stream(self.case, stream=self.stream, by=self.request.user, at=self.at)
        self.say(_("已完成。") if ended else _("您的部分已完成，待其他成员完成。"))
        return super().success_url()


class OnePage(Replayed, StreamPages):
    """An indicator of a stream: what to look at, what was declared, one's note, photos and the facts."""

    template_name = "review/sighting.html"
    verbs = {"save": PageForm, "photos": PhotosForm, "remove": PhotoForm}

    @cached_property
    def page(self) -> Page:
        """The page of the URL."""
        found = self.work.page(self.kwargs["page"])
        if found is None:
            raise Hidden
        return found

    @cached_property
    def own(self) -> Observation | None:
        """The person's own observation."""
        mine = [row for row in self.page.observations if row.by_id == self.request.user.pk]
        return mine[0] if mine else None

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Begin with one's own note, and a fresh key for this form."""
        if verb != "save":
            return {}
        own = self.own
        note = {"seen": own.seen, "note": own.note, "place": own.place} if own else {}
        return {"page": self.page, "initial": {**note, "client_key": secrets.token_hex(16)}}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add wording, claim, files, others' observations and the way on."""
        page, indicator = self.page, self.page.sight.indicator
        before, after, place = self.work.beside(page.key)
        return {
            **super().context(forms),
            "form": forms["save"],
            "stream": self.stream,
            "home": self.list_url,
            "page": page,
            "indicator": indicator,
            "place": place,
            "count": len(self.work.pages),
            "previous": self.to(before.key) if before else "",
            "next": self.to(after.key) if after else "",
            "claim": claim_of(self.case, page.key) if indicator else None,
            "files": files_for(self.case, page.key, self.request.user) if indicator else [],
            "own": self.own,
            "others": [row for row in page.observations if row is not self.own],
            "seen_options": SEEN_OPTIONS,
        }

    def perform_save(self, form: PageForm) -> str:
        """Save, and go on to the next page or back to the list."""
        data = form.cleaned_data
        observations.observe(
            self.case,
            stream=self.stream,
            page=self.page.key,
            sighting=form.sighting,
            photos=data["photos"],
            found=form.found,
            client_key=data["client_key"],
            stamp=form.stamp(self.at),
            by=self.request.user,
            at=self.at,
        )
        self.say(
            _("%(page)s 已保存。") % {"page": self.page.key if self.page.sight.indicator else _("其他数据")}
        )
        _before, after, _place = self.work.beside(self.page.key)
        if data["next"] == "stay":
            return self.request.path
        return self.to(after.key) if data["next"] == "on" and after else self.list_url

    def perform_photos(self, form: PhotosForm) -> str:
        """Keep photos that come by themselves; one's note stays."""
        observations.observe(
            self.case,
            stream=self.stream,
            page=self.page.key,
            sighting=None,
            photos=form.cleaned_data["photos"],
            client_key=form.cleaned_data["client_key"],
            stamp=form.stamp(self.at),
            by=self.request.user,
            at=self.at,
        )
        self.say(_("照片已保存。"))
        return self.request.path

    def perform_remove(self, form: PhotoForm) -> str:
        """Take a photo of one's own back."""
        photo = get_object_or_404(Evidence, pk=form.cleaned_data["photo"], case=self.case)
        if self.own is None:
            raise Hidden
        observations.remove_photo(
            self.case,
            stream=self.stream,
            observation=self.own,
            photo=photo,
            by=self.request.user,
            at=self.at,
        )
        return self.request.path


class DocumentsPage(StreamPage):
    """Reading the papers."""

    node = "collection.documents"


class DocumentsOnePage(OnePage):
    """One indicator read from the papers."""

    node = "collection.documents"


class SitePage(StreamPage):
    """Visiting the site."""

    node = "collection.site"
    stream, home, one = SITE, "site_visit", "site_page"


class SiteOnePage(OnePage):
    """One indicator looked at on the spot."""

    node = "collection.site"
    stream, home, one = SITE, "site_visit", "site_page"
