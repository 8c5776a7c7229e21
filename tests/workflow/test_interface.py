"""What the components make of what pages give them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from workflow.templatetags import interface


def rendered(source: str, **context: Any) -> str:
    """Render a template that uses components."""
    return Template(CottonCompiler().process(source)).render(Context(context))


class Form(forms.Form):
    area = forms.DecimalField(label="面积（平方米）")
    name = forms.CharField(label="名称", help_text="按 <挂牌> 填写。")
    answer = forms.ChoiceField(label="是否开办", choices=[("1", "是")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="内容属实。")
    code = forms.CharField(label="编号", required=False)

    def clean_code(self) -> str:
        raise forms.ValidationError("编号已经被翠湖社区使用，请换一个。")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (2, "剩2个工作日"),
        (0, "今天到期"),
        (-3, "超期3个工作日"),
        ("", "无期限"),
        ("12", "剩12个工作日"),
    ],
)
def test_deadline_is_said_in_working_days(days: object, words: str) -> None:
    assert words in rendered('<c-due :days="days" />', days=days)


@pytest.mark.parametrize(
    ("days", "look"),
    [(-1, "due-late"), (0, "due-soon"), (3, "due-soon"), (4, 'class="due"')],
)
def test_deadline_looks_as_urgent_as_it_is(days: int, look: str) -> None:
    assert look in rendered('<c-due :days="days" />', days=days)


def test_deadline_gives_the_day_as_well() -> None:
    text = rendered('<c-due days="2" :date="day" provisional="1" />', day=date(2026, 11, 23))
    assert "11月23日（暂定）" in text


def test_hour_of_a_moment_is_local() -> None:
    assert interface.day_text(datetime(2026, 11, 23, 10, 0, tzinfo=UTC)) == "11月23日 18:00"


def test_day_is_written_as_the_language_does() -> None:
    with translation.override("en"):
        assert interface.day_text(date(2026, 11, 23)) == "23 November"


def test_text_given_to_a_component_is_escaped_once() -> None:
    text = rendered('<c-status kind="doing" label="{{ label }}" />', label="<甲&乙>")
    assert "&lt;甲&amp;乙&gt;" in text


def test_component_does_not_inherit_the_words_of_the_page_around_it() -> None:
    text = rendered('<c-tile count="1" label="待办" />', hint="别处的提示", href="/elsewhere/", icon="x")
    assert "别处的提示" not in text
    assert "/elsewhere/" not in text


def test_no_star_is_a_word_and_no_value_is_nothing() -> None:
    assert "不定星级" in rendered('<c-stars :n="star" />', star=0)
    assert rendered('<c-stars :n="star" />', star=None).strip() == ""
    assert 'aria-label="四星级"' in rendered('<c-stars :n="star" />', star=4)


def test_closed_action_is_a_button_that_says_why(rf: RequestFactory) -> None:
    text = rendered('<c-action label="提交" reason="还有3项。" />', request=rf.get("/"))
    assert 'aria-disabled="true" aria-describedby="why-1"' in text
    assert 'id="why-1"' in text
    assert "还有3项。" in text
    assert "<form" not in text


def test_action_that_writes_is_a_form(rf: RequestFactory) -> None:
    text = rendered('<c-action label="受理" post="/a/" confirm="确定吗" />', csrf_token="t" * 64)
    assert 'method="post" action="/a/" data-confirm="确定吗"' in text
    assert "csrfmiddlewaretoken" in text


def test_errors_name_the_field_and_what_was_written() -> None:
    form = Form({"area": "约八十", "code": "7"})
    assert interface.field_errors(form) == [
        ("id_area", "“面积（平方米）”填的是“约八十”：输入一个数字。"),
        ("id_name", "请填写“名称”。"),
        ("id_answer_0", "请选择“是否开办”。"),
        ("id_agree", "请确认“内容属实”。"),
        ("id_code", "编号已经被翠湖社区使用，请换一个。"),
    ]


def test_summary_and_field_say_the_same() -> None:
    form = Form({"area": "约八十"})
    summary = rendered('<c-errsum :form="form" />', form=form)
    assert 'role="alert"' in summary
    for _target, sentence in interface.field_errors(form):
        assert sentence in summary
        assert sentence in str(form)


def test_unbound_form_has_no_summary() -> None:
    assert rendered('<c-errsum :form="form" />', form=Form()).strip() == ""


def test_field_ties_hint_and_error_to_its_input() -> None:
    text = Form({"name": ""})["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in text
    assert 'id="id_name_helptext"' in text
    assert 'id="id_name_error"' in text
    assert "按 &lt;挂牌&gt; 填写。" in text


def test_optional_field_says_so() -> None:
    assert "（选填）" in Form()["code"].as_field_group()
    assert "（选填）" not in Form()["name"].as_field_group()


def test_page_links_keep_the_query(rf: RequestFactory) -> None:
    context = Context({"request": rf.get("/desk/?q=%E7%BF%A0&page=2")})
    assert interface.page_query(context, 3) == "?q=%E7%BF%A0&page=3"


def test_folded_stepper_points_past_skipped_steps() -> None:
    steps = [
        {"label": "甲", "state": "done"},
        {"label": "乙", "state": "now"},
        {"label": "丙", "state": "skipped"},
        {"label": "丁", "state": "next"},
    ]
    summary = interface.step_summary(steps)
    assert (summary["place"], summary["count"], summary["label"], summary["next"]) == (2, 4, "乙", "丁")
