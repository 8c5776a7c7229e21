"""Plain text: UTF-8 or GB 18030, no control characters."""

from __future__ import annotations

import re
from typing import BinaryIO

from applications.core.faults import N_
from applications.core.files.kinds import BadFile

NOT_TEXT = N_("文件不是可以阅读的文本，请用记事本另存为 UTF-8 编码的 txt 后上传。")
BLANK = N_("文本文件里没有文字，请检查后重新上传。")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


def check(stream: BinaryIO) -> None:
    """Refuse bytes that no editor would show as text."""
    stream.seek(0)
    raw = stream.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise BadFile(NOT_TEXT) from None
    if _CONTROL.search(text):
        raise BadFile(NOT_TEXT)
    if not text.strip():
        raise BadFile(BLANK)
