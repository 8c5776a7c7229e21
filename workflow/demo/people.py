"""The demo's people: one cast for each county, shared offices of the province and an agency."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password

from applications.actions import people
from applications.models import Batch, Community, Organisation, Region, User
from workflow.demo.places import COUNTIES, Place

SINCE = date(2020, 1, 1)
# an objection upheld needs two reviewers who took no part in the case: hence five besides the leader
PROVINCE = (
    ("province", "黄敏", "province_officer", "江西省民政厅", "office"),
    ("province2", "罗刚", "province_officer", "江西省民政厅", "office"),
    ("publisher", "谢婷", "publisher", "江西省民政厅", "office"),
    ("publisher2", "曾宇", "publisher", "江西省民政厅", "office"),
    ("manager", "程浩", "agency_manager", "赣江社区评估中心（演示）", "agency"),
    ("leader", "陶然", "reviewer", "赣江社区评估中心（演示）", "agency"),
    ("reviewer", "林若彤", "reviewer", "赣江社区评估中心（演示）", "agency"),
    ("reviewer2", "赵启明", "reviewer", "赣江社区评估中心（演示）", "agency"),
    ("reviewer3", "孟琳", "reviewer", "赣江社区评估中心（演示）", "agency"),
    ("reviewer4", "彭远", "reviewer", "赣江社区评估中心（演示）", "agency"),
    ("reviewer5", "冯岚", "reviewer", "赣江社区评估中心（演示）", "agency"),
    ("surveyor", "葛晓", "surveyor", "赣江社区评估中心（演示）", "agency"),
    ("member", "邹平", "committee_member", "幸福社区评定委员会（演示）", "committee"),
    ("member2", "袁慧", "committee_member", "幸福社区评定委员会（演示）", "committee"),
    ("member3", "付强", "committee_member", "幸福社区评定委员会（演示）", "committee"),
    ("recon", "龚雪", "recon_member", "幸福社区复核委员会（演示）", "committee"),
    ("recon2", "习文", "recon_member", "幸福社区复核委员会（演示）", "committee"),
    ("recon3", "况明", "recon_member", "幸福社区复核委员会（演示）", "committee"),
    ("supervisor", "严正", "supervisor", "江西省民政厅", "office"),
    ("auditor", "申察", "auditor", "江西省审计组（演示）", "office"),
    ("sysadmin", "管钥", "sysadmin", "江西省民政厅", "office"),
    ("sysadmin2", "钟律", "sysadmin", "江西省民政厅", "office"),
)
COUNTY = {
    "360102": {"county": "陈思远", "county2": "刘芳", "city": "徐丽"},
    "360402": {"county": "吴伟", "county2": "董静", "city": "杜鹃"},
}
STREET = dict(
    zip(
        [street for streets in COUNTIES.values() for street in streets],
        "胡建军 涂文斌 聂云 章志远 廖春梅 祝国庆 桂小芳 毛立新".split(),
        strict=True,
    )
)
CLERKS = (
    "周桂兰 熊小燕 邓秀英 余海波 万玉珍 甘小红 喻晓梅 饶建平 闵燕 晏春花 卢金凤 温红英 "
    "戴小兰 蔡文静 魏秀珍 江小琴 尹玉兰 严晓霞 欧阳慧 舒小燕 洪桂花 谌玉梅 艾小玲 柯春燕"
)
HEADS = (
    "万志强 李国平 邓国华 余国平 徐志刚 王建国 张志伟 刘志明 陈国强 杨建华 赵国栋 黄志勇 "
    "周建平 吴国良 徐建军 孙志坚 马国庆 朱建新 胡志远 郭国荣 何建成 高志文 林国栋 罗志诚"
)


@dataclass
class Troupe:
    """Who acts in one community's story: people by the names that the stage drivers use."""

    people: dict[str, User]
    community: Community
    batch: Batch
    place: Place

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


class Casting:
    """Makes the demo's accounts; each signs in by one click, none has a usable password."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.regions = {region.code: region for region in Region.objects.exclude(level="community")}
        self.province = {
            name: self.make(name, full, role, self.regions["36"], office, kind)
            for name, full, role, office, kind in PROVINCE
        }
        self.counties = {code: self.county(code, names) for code, names in COUNTY.items()}
        self.streets = {
            code: self.make(
                f"street-{code}",
                full,
                "street_officer",
                self.regions[code],
                f"{self.regions[code].name}办事处",
            )
            for code, full in STREET.items()
        }

    def county(self, code: str, names: dict[str, str]) -> dict[str, User]:
        """Make a county's two officers and its city's officer."""
        region = self.regions[code]
        city = region.parent
        assert city is not None
        return {
            "county": self.make(
                f"county-{code}", names["county"], "county_officer", region, f"{region.name}民政局"
            ),
            "county2": self.make(
                f"county2-{code}", names["county2"], "county_officer", region, f"{region.name}民政局"
            ),
            "city": self.make(f"city-{city.code}", names["city"], "city_officer", city, f"{city.name}民政局"),
        }

    def make(
        self, username: str, name: str, role: str, region: Region, office: str, kind: str = "office"
    ) -> User:
        """Make one person with one role."""
        organisation, _made = Organisation.objects.get_or_create(
            name=office, region=region, defaults={"kind": kind}
        )
        user = User(
            username=username,
            name=name,
            email=f"{username}@demo.invalid",
            is_demo=True,
            password=make_password(None),
        )
        user.save()
        people.grant(
            user, role=role, organisation=organisation, region=region, since=SINCE, by=None, at=self.at
        )
        return user

    def troupe(self, place: Place, batch: Batch) -> Troupe:
        """Register a community with its clerk and head; return everybody of its story."""
        community = people.register_community(
            self.regions[place.street],
            code=place.code,
            name=place.name,
            households=place.households,
            population=place.population,
            is_demo=True,
            by=None,
            at=self.at,
        )
        office = f"{place.name}居民委员会"
        own = {
            "clerk": self.make(
                f"clerk-{place.code}",
                CLERKS.split()[place.number],
                "community_clerk",
                community.region,
                office,
            ),
            "head": self.make(
                f"head-{place.code}", HEADS.split()[place.number], "community_head", community.region, office
            ),
        }
        everybody = {
            **self.province,
            **self.counties[place.county],
            "street": self.streets[place.street],
            **own,
        }
        return Troupe(everybody, community, batch, place)
