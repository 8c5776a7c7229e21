"""The cast: a small province with two counties in two cities and the people who tell the stories."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from applications.actions import basics, people
from applications.actions.standards import register
from applications.core import terms
from applications.core.standard import load
from applications.models import Batch, Community, Membership, Organisation, Region, Standard, User

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, 2 March 2026, 09:00 in Shanghai

ROWS = [
    {"code": "36", "level": "province", "name": "江西省", "parent": ""},
    {"code": "3601", "level": "city", "name": "南昌市", "parent": "36"},
    {"code": "360102", "level": "county", "name": "东湖区", "parent": "3601"},
    {"code": "360102002", "level": "street", "name": "公园街道", "parent": "360102"},
    {"code": "360102003", "level": "street", "name": "滕王阁街道", "parent": "360102"},
    {"code": "3604", "level": "city", "name": "九江市", "parent": "36"},
    {"code": "360402", "level": "county", "name": "濂溪区", "parent": "3604"},
    {"code": "360402001", "level": "street", "name": "十里街道", "parent": "360402"},
]

PEOPLE = [  # username, name, role, region code, organisation
    ("clerk", "周桂兰", "community_clerk", "360102002901", "翠湖社区居民委员会"),
    ("clerk2", "熊小燕", "community_clerk", "360102002901", "翠湖社区居民委员会"),
    ("head", "万志强", "community_head", "360102002901", "翠湖社区居民委员会"),
    ("neighbour", "邓秀英", "community_clerk", "360102002902", "莲塘社区居民委员会"),
    ("neighbour_head", "邓国华", "community_head", "360102002902", "莲塘社区居民委员会"),
    ("far_clerk", "余海波", "community_clerk", "360402001901", "庐峰社区居民委员会"),
    ("far_head", "余国平", "community_head", "360402001901", "庐峰社区居民委员会"),
    ("street", "胡建军", "street_officer", "360102002", "公园街道办事处"),
    ("other_street", "涂文斌", "street_officer", "360102003", "滕王阁街道办事处"),
    ("far_street", "聂云", "street_officer", "360402001", "十里街道办事处"),
    ("county", "陈思远", "county_officer", "360102", "东湖区民政局"),
    ("county2", "刘芳", "county_officer", "360102", "东湖区民政局"),
    ("far_county", "吴伟", "county_officer", "360402", "濂溪区民政局"),
    ("city", "徐丽", "city_officer", "3601", "南昌市民政局"),
    ("far_city", "杜鹃", "city_officer", "3604", "九江市民政局"),
    ("province", "黄敏", "province_officer", "36", "江西省民政厅"),
    ("province2", "罗刚", "province_officer", "36", "江西省民政厅"),
    ("publisher", "谢婷", "publisher", "36", "江西省民政厅"),
    ("publisher2", "曾宇", "publisher", "36", "江西省民政厅"),
    ("manager", "程浩", "agency_manager", "36", "赣江社区评估中心"),
    ("leader", "陶然", "reviewer", "36", "赣江社区评估中心"),
    ("reviewer", "林若彤", "reviewer", "36", "赣江社区评估中心"),
    ("reviewer2", "赵启明", "reviewer", "36", "赣江社区评估中心"),
    ("reviewer3", "孟琳", "reviewer", "36", "赣江社区评估中心"),
    ("reviewer4", "彭远", "reviewer", "36", "赣江社区评估中心"),
    ("unassigned", "雷鸣", "reviewer", "36", "赣江社区评估中心"),
    ("surveyor", "葛晓", "surveyor", "36", "赣江社区评估中心"),
    ("member", "邹平", "committee_member", "36", "幸福社区评定委员会"),
    ("member2", "袁慧", "committee_member", "36", "幸福社区评定委员会"),
    ("member3", "付强", "committee_member", "36", "幸福社区评定委员会"),
    ("recon", "龚雪", "recon_member", "36", "幸福社区复核委员会"),
    ("recon2", "习文", "recon_member", "36", "幸福社区复核委员会"),
    ("recon3", "况明", "recon_member", "36", "幸福社区复核委员会"),
    ("supervisor", "严正", "supervisor", "36", "江西省民政厅"),
    ("auditor", "申察", "auditor", "36", "江西省审计组"),
    ("sysadmin", "管钥", "sysadmin", "36", "江西省民政厅"),
]
KINDS = {
    "agency_manager": "agency",
    "reviewer": "agency",
    "surveyor": "agency",
    "committee_member": "committee",
    "recon_member": "committee",
}


@dataclass
class Cast:
    """Named people, places, the standard and an open batch. ``cast.county`` is the user, ``cast["county"]`` too."""

    people: dict[str, User]
    regions: dict[str, Region]
    communities: dict[str, Community]
    standard: Standard
    batch: Batch
    at: datetime = AT
    extra: dict[str, object] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> User:
        return self.people[name]

    @property
    def community(self) -> Community:
        """The community whose story is told."""
        return self.communities["翠湖社区"]


def build() -> Cast:
    """Build the cast in the test database."""
    basics.load_regions(ROWS)
    basics.seed_calendar()
    regions = {region.code: region for region in Region.objects.all()}
    communities = build_communities(regions)
    users = build_people(regions)
    path = basics.STANDARDS / "db36-t-1609-2022.yaml"
    standard = register(path.read_text(encoding="utf-8"), by=None, at=AT)
    return Cast(users, regions, communities, standard, build_batch(users, regions, standard))


def build_communities(regions: dict[str, Region]) -> dict[str, Community]:
    """Register three communities and add their leaves to the regions."""
    communities = {}
    for code, name, street in (
        ("360102002901", "翠湖社区", "360102002"),
        ("360102002902", "莲塘社区", "360102002"),
        ("360402001901", "庐峰社区", "360402001"),
    ):
        communities[name] = people.register_community(
            regions[street], code=code, name=name, households=1860, population=5200, by=None, at=AT
        )
        regions[code] = communities[name].region
    return communities


def build_people(regions: dict[str, Region]) -> dict[str, User]:
    """Make everybody of the cast with their one role."""
    users: dict[str, User] = {}
    for username, name, role, code, office in PEOPLE:
        kind = KINDS.get(role, "community" if len(code) == 12 else "office")
        organisation, _made = Organisation.objects.get_or_create(
            name=office, region=regions[code], defaults={"kind": kind}
        )
        users[username] = User.objects.create_user(username, name, email=f"{username}@example.org")
        people.grant(
            users[username],
            role=role,
            organisation=organisation,
            region=regions[code],
            since=date(2020, 1, 1),
            by=None,
            at=AT,
        )
    return users


def build_batch(users: dict[str, User], regions: dict[str, Region], standard: Standard) -> Batch:
    """Open a batch that one province officer prepared and another approved."""
    return Batch.objects.create(
        name="2026年度幸福社区评定",
        year=2026,
        organiser=Organisation.objects.get(name="江西省民政厅"),
        basis="赣民字〔2026〕1号",
        purpose="以评促建",
        explanation="不收取任何费用",
        scope=regions["36"],
        opens_on=date(2026, 2, 1),
        closes_on=date(2026, 12, 31),
        reference_date=date(2025, 12, 31),
        standard=standard,
        policy=dict(load(basics.STANDARDS / "db36-t-1609-2022.yaml").policy_defaults),
        terms=terms.defaults(),
        state=Batch.State.OPEN,
        prepared_by=users["province"],
        approved_by=users["province2"],
        approved_at=AT,
    )


def find() -> Cast | None:
    """Return the cast that the session built, or None where a flush took it away."""
    batch = Batch.objects.select_related("standard").first()
    if batch is None:
        return None
    return Cast(
        {user.username: user for user in User.objects.all()},
        {region.code: region for region in Region.objects.all()},
        {community.name: community for community in Community.objects.select_related("region")},
        batch.standard,
        batch,
    )


def also_works(cast: Cast, name: str, role: str, code: str, office: str) -> Membership:
    """Give a person one more office, for a region."""
    return people.grant(
        cast[name],
        role=role,
        organisation=Organisation.objects.get(name=office),
        region=cast.regions[code],
        since=date(2020, 1, 1),
        by=None,
        at=cast.at,
    )


def shares_an_office(cast: Cast) -> Membership:
    """Let the officer of the next street work in the office of 公园街道, too, where they check nothing themselves."""
    return also_works(cast, "other_street", "street_officer", "360102003", "公园街道办事处")
