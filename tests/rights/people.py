"""The columns of the tables: who tries every page and every action."""

from datetime import date

from applications.actions import people
from applications.models import Organisation, Recusal, User
from tests.cast import Cast

COLUMNS = {  # the heading of a column and who stands in it; anon has no account
    "clerk": "clerk",
    "head": "head",
    "neigh": "neighbour",
    "strt": "street",
    "xstrt": "other_street",
    "cnty": "county",
    "xcnty": "far_county",
    "rcnty": "recused_county",
    "city": "city",
    "xcity": "far_city",
    "prov": "province",
    "publ": "publisher",
    "mngr": "manager",
    "lead": "leader",
    "revw": "reviewer",
    "unas": "unassigned",
    "rrevw": "recused_reviewer",
    "surv": "surveyor",
    "memb": "member",
    "recn": "recon",
    "supv": "supervisor",
    "audt": "auditor",
    "admn": "sysadmin",
    "anon": "",
}
MORE = (  # people the tables need besides the cast
    ("recused_county", "尤静", "county_officer", "360102", "东湖区民政局"),
    ("recused_reviewer", "韦明", "reviewer", "36", "赣江社区评估中心"),
    ("second", "石磊", "reviewer", "36", "赣江社区评估中心"),
    ("sysadmin2", "柯南", "sysadmin", "36", "江西省民政厅"),
)


def more(cast: Cast) -> None:
    """Add the people that the cast does not have."""
    for username, name, role, code, office in MORE:
        person = User.objects.create_user(username, name, email=f"{username}@example.org")
        people.grant(
            person,
            role=role,
            organisation=Organisation.objects.get(name=office),
            region=cast.regions[code],
            since=date(2020, 1, 1),
            by=None,
            at=cast.at,
        )
        cast.people[username] = person


def recuse(cast: Cast, case: object) -> None:
    """Let the two recused people be recused from a case."""
    for username in ("recused_county", "recused_reviewer"):
        Recusal.objects.create(case=case, user=cast[username], reason="亲属在该社区任职", at=cast.at)
