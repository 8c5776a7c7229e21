"""Which rights each role carries, and on which level of the region tree it is held.

A right is a guardian permission on ``Region``; a membership gives the rights of its role for one region and
everything below it. Roles of a third-party agency carry no right of their own: they work by assignment to a case.
"""

from dataclasses import dataclass

from applications.core.faults import N_

CASE_RIGHTS = {
    "view_case": N_("查看案卷"),
    "fill_application": N_("填写申报材料"),
    "sign_application": N_("签署承诺并提交申报"),
    "street_check": N_("街道初审"),
    "county_check": N_("县级审核推荐"),
    "city_check": N_("市级复审"),
    "province_check": N_("省级受理"),
    "form_team": N_("组建评估小组"),
    "write_plan": N_("编制评估方案"),
    "approve_plan": N_("批准评估方案"),
    "brief_residents": N_("告知居民"),
    "record_services": N_("登记服务记录"),
    "run_survey": N_("组织满意度调查"),
    "vote_rating": N_("评定表决"),
    "confirm_facts": N_("核准拟公布信息"),
    "prepare_publication": N_("拟制公示公告"),
    "approve_publication": N_("批准公示公告"),
    "receive_objection": N_("登记异议"),
    "decide_objection": N_("复核异议"),
    "rectify": N_("落实整改"),
    "plan_rectification": N_("确定整改任务"),
    "verify_rectification": N_("验收整改"),
    "open_round": N_("启动下一轮评定"),
    "reassign_task": N_("改派待办"),
    "override_recusal": N_("裁定回避"),
    "supervise": N_("督办"),
}
BATCH_RIGHTS = {
    "prepare_batch": N_("拟制批次"),
    "approve_batch": N_("批准批次"),
    "confirm_award": N_("确认表彰级别"),
}
OFFICE_RIGHTS = {
    "audit": N_("审计查阅"),
    "manage_accounts": N_("管理账号"),
    "manage_calendar": N_("管理工作日历"),
    "manage_communities": N_("管理社区名录"),
}
RIGHTS = {**CASE_RIGHTS, **BATCH_RIGHTS, **OFFICE_RIGHTS}


@dataclass(frozen=True)
class Role:
    """A role: its name, the level of the region it is held for and its rights."""

    key: str
    name: str
    level: str
    rights: tuple[str, ...]
    by_assignment: bool = False
    stand_in: bool = True  # whether a colleague may act for an absent holder

    @property
    def employer(self) -> str:
        """The kind of organisation whose people hold the role (a key of ``Organisation.Kind``)."""
        if self.key in {"committee_member", "recon_member"}:
            return "committee"
        if self.by_assignment:
            return "agency"
        return "community" if self.level == "community" else "office"


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "community_clerk",
            N_("社区申报员"),
            "community",
            ("view_case", "fill_application", "brief_residents", "record_services", "rectify"),
        ),
        Role(
            "community_head",
            N_("社区书记"),
            "community",
            ("view_case", "fill_application", "sign_application", "brief_residents", "rectify"),
        ),
        Role("street_officer", N_("街道经办人"), "street", ("view_case", "street_check", "reassign_task")),
        Role(
            "county_officer",
            N_("县级经办人"),
            "county",
            (
                "view_case",
                "county_check",
                "form_team",
                "write_plan",
                "approve_plan",
                "run_survey",
                "confirm_facts",
                "plan_rectification",
                "verify_rectification",
                "open_round",
                "reassign_task",
                "manage_communities",
            ),
        ),
        Role("city_officer", N_("市级经办人"), "city", ("view_case", "city_check", "reassign_task")),
        Role(
            "province_officer",
            N_("省级经办人"),
            "province",
            (
                "view_case",
                "province_check",
                "prepare_batch",
                "approve_batch",
                "confirm_award",
                "receive_objection",
                "reassign_task",
                "override_recusal",
            ),
        ),
        Role(
            "publisher",
            N_("公示发布员"),
            "province",
            ("view_case", "prepare_publication", "approve_publication"),
        ),
        Role("agency_manager", N_("第三方机构负责人"), "province", (), by_assignment=True, stand_in=False),
        Role("surveyor", N_("调查员"), "province", (), by_assignment=True, stand_in=False),
        Role("reviewer", N_("评审员"), "province", (), by_assignment=True, stand_in=False),
        Role("committee_member", N_("评定委员"), "province", ("view_case", "vote_rating"), stand_in=False),
        Role("recon_member", N_("复核委员"), "province", ("view_case", "decide_objection"), stand_in=False),
        Role("supervisor", N_("督办员"), "province", ("view_case", "supervise"), stand_in=False),
        Role("auditor", N_("审计员"), "province", ("view_case", "audit"), stand_in=False),
        Role(
            "sysadmin",
            N_("系统管理员"),
            "province",
            ("manage_accounts", "manage_calendar", "manage_communities"),
            stand_in=False,
        ),
    )
}
LEVELS = {
    "province": N_("省级"),
    "city": N_("市级"),
    "county": N_("县级"),
    "street": N_("街道"),
    "community": N_("社区"),
}
