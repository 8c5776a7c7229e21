"""The pages of facts: entered once, the measures computed from them beside."""

from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from applications.actions.facts import save_facts
from applications.core.papers import Topic
from applications.errors import Hidden
from applications.forms.facts import PREFIX, FactsForm, field_of
from applications.queries.tasks import topic_line
from applications.views.paper import PaperPage, line_view
from applications.words import printed, words


def failed_keys(sentences: list[Any]) -> list[str]:
    """The facts that a save refused."""
    return [fault.field.removeprefix(PREFIX) for fault in sentences if fault.field]


class FactsPage(PaperPage):
    """One topic of facts. While correcting it shows only what was returned."""

    template_name = "applications/facts.html"
    verbs = {"save": FactsForm}

    @property
    def topic(self) -> Topic:
        """The topic of the URL."""
        found = self.dossier.topic(self.kwargs["topic"])
        if found is None or not any(self.scope.fact(spec.key) for spec in found.facts):
            raise Hidden
        return found

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """The facts of the topic as they are stored."""
        rows = self.dossier.facts
        return {
            "specs": {spec.key: spec for spec in self.topic.facts if self.scope.fact(spec.key)},
            "values": self.dossier.values,
            "revisions": {key: row.revision for key, row in rows.items()},
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the topics, the measures computed so far, and what contradicts itself."""
        topic = self.topic
        keys = {spec.key for spec in topic.facts if self.scope.fact(spec.key)}
        serving = [
            indicator
            for indicator, facts in self.dossier.facts_by_indicator.items()
            if keys.intersection(facts)
        ]
        return {
            **super().context(forms),
            "form": forms["save"],
            "topic": topic,
            "name": words(topic.name),
            "tabs": self._tabs(topic),
            "lines": [line_view(self.dossier.line(indicator)) for indicator in serving],
            "carried": [
                printed(spec.label)
                for spec in topic.facts
                if spec.key in keys
                and spec.key in self.dossier.facts
                and self.dossier.facts[spec.key].carried
            ],
            "faults": [
                words(fault.text) for fault in self.dossier.faults if fault.key.partition(".")[0] in keys
            ],
            "following": self._following(topic),
        }

    def _open(self) -> list[Topic]:
        return [
            topic for topic in self.dossier.topics if any(self.scope.fact(spec.key) for spec in topic.facts)
        ]

    def _tabs(self, topic: Topic) -> list[dict[str, Any]]:
        lines = [(other, topic_line(self.dossier, other)) for other in self._open()]
        return [
            {
                "label": line.name,
                "href": self.to("facts", topic=other.id),
                "count": f"{line.done}/{line.all}" if not self.correcting else None,
                "current": other.id == topic.id,
            }
            for other, line in lines
        ]

    def _following(self, topic: Topic) -> Topic | None:
        rest = [other.id for other in self._open()]
        place = rest.index(topic.id) + 1
        return self.dossier.topic(rest[place]) if place < len(rest) else None

    def perform_save(self, form: Any) -> str:
        """Save what can be saved; what cannot stays as typed."""
        user = self.request.user
        saved = save_facts(
            self.case,
            values=form.typed,
            revisions=form.read_at,
            checked=self.looked_at,
            by=user,
            at=self.at,
        )
        if not saved.ok:
            self.reread()
            settle(form, failed_keys(saved.sentences), [c.field for c in saved.conflicts], self.dossier)
        self.taken(saved, {key: field_of(key) for key in form.specs})
        self.reread()
        following = self._following(self.topic)
        if "next" in self.request.POST and following is not None and not self.correcting:
            return self.to("facts", topic=following.id)
        self.say(_("数据已保存。"))
        return self.home() if "next" in self.request.POST else self.to("facts", topic=self.topic.id)


def settle(form: Any, failed: list[str], clashing: list[str], dossier: Any) -> None:
    """Show the form again after a save refused in part.

    What failed stays as typed. A clash is shown with the revision that stands now, so that saving once more is a
    decision; anything else that failed keeps the revision it was read at.
    """
    revisions = {key: row.revision for key, row in dossier.facts.items()}
    read_at = form.read_at
    revisions |= {key: read_at[key] for key in failed if key in read_at and key not in clashing}
    form.keep_typed(failed, dossier.values, revisions)
