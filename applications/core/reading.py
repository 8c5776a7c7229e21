"""A node of a standard file: data of unknown type, the place it stands at, and the list its faults go to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from applications.core.faults import N_, Fault, Sentence, quoted, safe_key
from applications.core.quantity import Number, read_number

MISSING = N_("缺少{key}，请补上。")
NOT_TEXT = N_("{key}应为文字，现为{value}，请改正。")
BAD_ID = N_("{key}为{value}，应不超过{most}个字符，不含“/”和控制字符，也不能只有点号，请改正。")
BAD_LINE = N_("{key}为{value}，应为一行不超过{most}个字符的文字，请改正。")
NOT_LIST = N_("{key}应为列表，现为{value}，请改正。")
NOT_MAP = N_("{key}应为一组键值，现为{value}，请改正。")
NOT_WHOLE = N_("{key}应为{low}到{high}之间的整数，现为{value}，请改正。")
NOT_POSITIVE = N_("{key}应大于零，现为{value}，请改正。")
NOT_KNOWN = N_("不认识{key}这一项，请删去或改正名称；可用：{known}。")
MISSPELT = N_("{key}疑为{meant}的误写，请改正或换一个名称。")
NOT_FLAG = N_("{key}应为true或false，现为{value}，请改正。")
LONGEST_FIELD = 20_000
LONGEST_ID = 64
REMARKS = frozenset({"comment", "description", "label_en", "name_en", "note", "source"})


@dataclass
class Node:
    """A mapping inside a document; every read either gives a value of the right type or notes a fault and a stand-in."""

    data: Mapping[str, object]
    place: str
    faults: list[Fault] = field(default_factory=list)

    def at(self, key: str) -> str:
        """The place of ``key`` below this node."""
        return f"{self.place}.{key}" if self.place else key

    def fault(self, key: str, template: str, /, **params: object) -> None:
        """Note a fault at ``key`` (the node itself where it is empty)."""
        self.faults.append(Fault(self.at(key) if key else self.place or "document", template, params))

    def has(self, key: str) -> bool:
        """Whether ``key`` is there and not null."""
        return self.data.get(key) is not None

    def only(self, *known: str) -> None:
        """Every key must be among ``known``: what is misspelt or not carried out must not be passed over in silence."""
        for key in self.data:
            if key not in known and key not in REMARKS:
                self.fault(safe_key(key), NOT_KNOWN, key=quoted(key), known="、".join(known))

    def spelt(self, *meant: str) -> None:
        """What an author may add is free, but a key that is nearly one of ``meant`` is taken for a slip of the pen.

        A measure under “mesures” would else turn a measured level into a judged one without a word.
        """
        for key in self.data:
            if key not in meant and (close := get_close_matches(key, meant, 1, 0.8)):
                self.fault(safe_key(key), MISSPELT, key=quoted(key), meant=close[0])

    def text(self, key: str, default: str | None = "") -> str:
        """A text (an id may be written as a number); ``default=None`` makes it compulsory."""
        value = self.data.get(key)
        if value is None:
            if default is None:
                self.fault(key, MISSING, key=key)
            return default or ""
        if isinstance(value, (bool, list, Mapping)) or len(str(value)) > LONGEST_FIELD:
            self.fault(key, NOT_TEXT, key=key, value=quoted(value))
            return default or ""
        text = str(value).strip()
        if not text and default is None:
            self.fault(key, MISSING, key=key)
        return text

    def name(self, key: str, most: int = LONGEST_ID) -> str:
        """A compulsory text that things are called by in addresses and tables: short, on one line, without a slash."""
        found = self.text(key, None)
        if found and (len(found) > most or not found.isprintable() or "/" in found or not found.strip(".")):
            self.fault(key, BAD_ID, key=key, value=quoted(found), most=most)
        return found

    def line(self, key: str, most: int, default: str | None = None) -> str:
        """A text of at most ``most`` characters on one line; compulsory without a default."""
        found = self.text(key, default)
        if len(found) > most or (found and not found.isprintable()):
            self.fault(key, BAD_LINE, key=key, value=quoted(found), most=most)
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where the key is absent."""
        found = []
        for index, value in enumerate(self.items(key)):
            if isinstance(value, (bool, list, Mapping)) or value is None:
                self.fault(f"{key}[{index}]", NOT_TEXT, key=key, value=quoted(value))
            else:
                found.append(str(value))
        return tuple(found)

    def items(self, key: str, required: bool = False) -> list[object]:
        """A list of anything."""
        value = self.data.get(key)
        if value is None:
            if required:
                self.fault(key, MISSING, key=key)
            return []
        if not isinstance(value, list):
            self.fault(key, NOT_LIST, key=key, value=quoted(value))
            return []
        return value

    def nodes(self, key: str, required: bool = False) -> Iterator[Node]:
        """The mappings of a list, each with its id in the place."""
        items = self.items(key, required)
        if required and not items and isinstance(self.data.get(key), list):
            self.fault(key, MISSING, key=key)
        for index, item in enumerate(items):
            name = item.get("id", item.get("key", index)) if isinstance(item, Mapping) else index
            place = self.at(f"{key}[{safe_key(name) if isinstance(name, str) else index}]")
            if isinstance(item, Mapping):
                yield Node(item, place, self.faults)
            else:
                self.faults.append(Fault(place, NOT_MAP, {"key": key, "value": quoted(item)}))

    def child(self, key: str, required: bool = False) -> Node:
        """The mapping under ``key``, empty where it is absent or something else."""
        value = self.data.get(key)
        if value is None and required:
            self.fault(key, MISSING, key=key)
        if value is not None and not isinstance(value, Mapping):
            self.fault(key, NOT_MAP, key=key, value=quoted(value))
        return Node(value if isinstance(value, Mapping) else {}, self.at(key), self.faults)

    def number(self, key: str, default: Number | None = None, positive: bool = False) -> Number:
        """An exact number; compulsory without a default."""
        value = self.data.get(key)
        if value is None:
            if default is None:
                self.fault(key, MISSING, key=key)
            return default or 0
        number = read_number(value)
        if isinstance(number, Sentence):
            self.faults.append(Fault(self.at(key), number.template, number.params))
            return default or 0
        if positive and number <= 0:
            self.fault(key, NOT_POSITIVE, key=key, value=quoted(value))
            return default or 0
        return number

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """An integer within bounds; compulsory without a default."""
        if not self.has(key) and default is not None:
            return default
        before = len(self.faults)
        number = self.number(key)
        if len(self.faults) > before:
            return default if default is not None else low
        if not isinstance(number, int) or not low <= number <= high:
            self.fault(key, NOT_WHOLE, key=key, low=low, high=high, value=quoted(self.data.get(key)))
            return default if default is not None else low
        return number

    def flag(self, key: str, default: bool) -> bool:
        """A true or false."""
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(key, NOT_FLAG, key=key, value=quoted(value))
            return default
        return value
