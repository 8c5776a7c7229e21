"""The demo's communities: invented names under real streets of two counties in two cities, marked as demo."""

from dataclasses import dataclass

COUNTIES = {
    "360102": ("360102002", "360102004", "360102007", "360102009"),
    "360402": ("360402001", "360402002", "360402090", "360402101"),
}
NAMES = (
    "翠湖 莲影 桐荫 清澜 松韵 杏林里 梧桐苑 云栖 兰亭里 听雨 晴川里 芳洲 "
    "澄碧 揽月 枫桥里 望湖里 竹溪里 锦书 庐云 鹤鸣里 柳岸 星河湾 春晖里 静远"
).split()


@dataclass(frozen=True)
class Place:
    """One demo community before it is registered."""

    number: int
    code: str
    name: str
    street: str
    county: str
    households: int
    population: int


def places() -> list[Place]:
    """Return the 24 communities, alternating between the two counties, spread over their streets."""
    found = []
    counties = list(COUNTIES)
    for number, name in enumerate(NAMES):
        county = counties[number % 2]
        streets = COUNTIES[county]
        street = streets[(number // 2) % len(streets)]
        households = 1500 + (number * 137) % 1300
        found.append(
            Place(
                number=number,
                code=f"{street}9{number + 1:02d}",
                name=f"{name}社区",
                street=street,
                county=county,
                households=households,
                population=households * 28 // 10,
            )
        )
    return found
