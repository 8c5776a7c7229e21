"""A plan for an item, and so many indicators missed that no star is left."""

from rectification.actions import items

MANY = [
    "1.1.b",
    "2.3.a",
    "2.4.a",
    "3.1.b",
    "3.6.b",
    "3.7.b",
    "4.2.j",
    "5.3.b",
    "5.3.c",
    "5.4.a",
    "6.2.a",
    "6.3.b",
]
PLAN = items.Plan("分工不清", "专人负责", "翠湖社区居民委员会", "周桂兰", "三十日内达到标准")
