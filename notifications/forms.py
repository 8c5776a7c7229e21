"""Choosing how to be told."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from notifications.models import Preference
from notifications.robots import refusal


class PreferenceForm(forms.Form):
    """E-mail and, where the operator allows any, the robot of a chat group."""

    mail = forms.ChoiceField(
        label=gettext_lazy("电子邮件"), choices=Preference.Mail.choices, widget=forms.RadioSelect
    )
    webhook = forms.CharField(
        label=gettext_lazy("群机器人地址"),
        required=False,
        max_length=400,
        help_text=gettext_lazy(
            "整段粘贴企业微信或钉钉群机器人的地址；钉钉选择了加签的，在地址末尾加上 &secret= 和密钥。"
            "其他地址会收到 JSON 格式的消息。群里只提示有新通知，不写社区名称和内容。留空即不使用。"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.WEBHOOK_HOSTS:
            del self.fields["webhook"]

    def clean_webhook(self) -> str:
        """Refuse an address outside of what the operator allows."""
        address: str = self.cleaned_data["webhook"].strip()
        if address and (refused := refusal(address)):
            raise forms.ValidationError(refused)
        return address
