"""Batches on standards of all kinds: defaults, what is offered, and standards registered in the browser."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.actions import batches, standards
from applications.core.policies import POLICIES, Support
from applications.errors import Invalid
from applications.models import (
    Batch,
    Standard,
)
from tests.applications.drafts import draft
from tests.cast import Cast
from tests.core.samples import FOLDER, shipped_data

SignIn = Callable[[str], Client]


def other_standard(cast: Cast, **changes: Any) -> Standard:
    """Another registered standard: the shipped one, changed."""
    data = {**shipped_data(), **changes}
    data["standard"] = {**data["standard"], "code": "TEST/O 1"}
    return standards.register(json.dumps(data, default=str, ensure_ascii=False) + "\n", by=None, at=cast.at)


def test_a_batch_follows_the_defaults_of_its_own_standard_where_nothing_is_chosen(
    cast: Cast, sign_in: SignIn
) -> None:
    defaults = {**shipped_data()["policy_defaults"], "rounding": "half_up_2"}
    other = other_standard(cast, policy_defaults=defaults)
    client = sign_in("province")
    form = client.get("/office/batches/new/").context["forms"]["save"]
    said = dict(form.fields["policy_rounding"].choices)[""]
    assert (said, form["policy_rounding"].initial) == ("按所选标准的默认口径", "")
    assert dict(form.fields["policy_grid_size"].choices)[""] == "按标准默认：超出范围的由评审员说明理由后判定"
    asked = {name: "" if form[name].initial is None else form[name].initial for name in form.fields}
    given = {key: getattr(value, "pk", value) for key, value in vars(draft(cast)).items()}
    posted = {**asked, **{key: value for key, value in given.items() if key in form.fields}}
    posted |= {"verb": "save", "standard": other.pk, "policy_area_floor": "both", "publish_indicators": ""}
    made = client.post("/office/batches/new/", posted)
    assert made.status_code == 302, made.context["failed"].errors

    batch = Batch.objects.latest("pk")
    assert batch.policy == {**defaults, "area_floor": "both"}
    again = client.get(f"/office/batches/{batch.pk}/edit/").context["forms"]["save"]
    assert (again["policy_area_floor"].initial, again["policy_rounding"].initial) == ("both", "")


def test_a_standard_whose_survey_the_questionnaire_cannot_answer_opens_no_batch(cast: Cast) -> None:
    facts = [row for row in shipped_data()["facts"] if row["key"] != "survey"]
    survey = next(row for row in shipped_data()["facts"] if row["key"] == "survey")
    longer = {**survey, "fields": [*survey["fields"], "no_answer"]}
    other = other_standard(cast, facts=[*facts, longer])
    with pytest.raises(Invalid, match="与系统的五档问卷不一致"):
        batches.prepare(draft(cast, standard=other), by=cast.province, at=cast.at)


def test_the_batch_page_offers_what_the_engine_carries_out_and_says_why(cast: Cast, sign_in: SignIn) -> None:
    form = sign_in("province").get("/office/batches/new/").context["forms"]["save"]
    offered = {key: {option for option, _said in form.fields[f"policy_{key}"].choices} for key in POLICIES}
    assert offered == {
        key: {"", *(option for option, how in spec.options.items() if how is not Support.REFUSED)}
        for key, spec in POLICIES.items()
    }
    asked = form.fields["policy_partial_credit"].help_text
    assert (
        asked.startswith("标准表对每档只给一个分值")
        and "不提供“可给一半分、可给任意分”：评分表对每项只记一个" in asked
    )
    assert all(form.fields[f"policy_{key}"].help_text for key in POLICIES)


def upload(client: Client, content: bytes) -> Any:
    """Hand a standard's file in."""
    file = SimpleUploadedFile("标准.yaml", content)
    return client.post("/office/standards/", {"verb": "register", "file": file})


def test_a_broken_standard_is_refused_in_the_browser_with_the_place_of_each_fault(
    cast: Cast, sign_in: SignIn
) -> None:
    data = {**shipped_data(), "total_points": "99"}
    data["policy_defaults"] = {**data["policy_defaults"], "rounding": "up"}
    answer = upload(sign_in("province"), json.dumps(data, default=str, ensure_ascii=False).encode())
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "total_points：标准标明99分，其下各项合计为100分" in text and "policy_defaults.rounding：" in text


def test_a_file_of_one_short_line_is_content_and_never_a_path(
    cast: Cast, sign_in: SignIn, tmp_path: Any
) -> None:
    hidden = tmp_path / "other.yaml"
    hidden.write_bytes((FOLDER / "limited.yaml").read_bytes())
    answer = upload(sign_in("province"), str(hidden).encode())
    assert answer.status_code == 422 and "标准文件应为一组键值" in answer.content.decode()
    assert not Standard.objects.filter(code="TEST/L 1").exists()
