"""What a phone kept while there was no network, sent again by a script: the answer is data, and names what was stored.

The script deletes what it kept only on an answer that names its key: a sign-in page of somebody's network says 200, too.
"""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from applications.errors import FieldFault, Invalid, Refused
from applications.views.base import CasePage
from applications.words import data_words
from review.actions.fact_checks import Clash

KEY, PERSON = "X-Replay", "X-Person"


class SignedOut(Refused):
    """Nobody is signed in any more, or somebody else is: what is kept waits for its own person."""

    code = "signed_out"
    status = 401


class Replayed(CasePage):
    """A page whose verbs a script may send again with ``X-Replay`` (the form's key) and ``X-Person`` (whose it is)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a script with data, whatever happens; everybody else as ever."""
        if request.method != "POST" or KEY not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        try:
            if str(request.user.pk) != request.headers.get(PERSON):
                raise SignedOut(_("请重新登录后上传。"))
            return super().dispatch(request, *args, **kwargs)
        except Refused as error:
            return refusal(error)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the one domain call and name the key, or raise what was wrong."""
        key = request.headers.get(KEY)
        if key is None:
            return super().post(request, *args, **kwargs)
        verb = request.POST.get("verb", "")
        form = self.forms(bound=verb).get(verb)
        if form is None or not form.is_bound or form.data.get("client_key") != key:
            raise Refused(_("没有名为“%(verb)s”的操作，请从页面上的按钮提交。") % {"verb": verb[:40]})
        if not form.is_valid():
            faults = [FieldFault(name, text) for name, texts in form.errors.items() for text in texts]
            raise Invalid(faults)
        getattr(self, f"perform_{verb}")(form)
        return JsonResponse({"stored": key})


def refusal(error: Refused) -> JsonResponse:
    """Return a refusal as data: ``code``, ``sentence``, ``faults`` by field and ``conflicts`` with what stands there."""
    faults = error.faults if isinstance(error, Invalid) else []
    clashes = [fault for fault in faults if isinstance(fault, Clash)]
    content = {
        "code": "conflict" if clashes else error.code,
        "sentence": error.sentence,
        "faults": [{"field": fault.field, "sentence": fault.sentence} for fault in faults],
        "conflicts": [{**asdict(clash), "label": data_words(clash.label)} for clash in clashes],
    }
    return JsonResponse(content, status=409 if clashes else error.status)
