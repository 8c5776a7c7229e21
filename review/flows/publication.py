"""Publication: facts confirmed, prepared, approved by a second person, notice, announcement; objections beside it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from applications.core.faults import N_
from applications.models import StageRun, User
from applications.steps import StageFlow, Step, Wait, start_node, went
from review.models import Publication
from review.queries import objections, publications, revocations
from review.queries.people import barred


def preparers(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar who handed the draft in: who prepared does not approve."""
    return barred(publications.preparers(run), N_("公示稿由您拟制，须由另一位发布员审批。"))


def notice_author(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar the author of the notice, who is the author of the announcement too."""
    notice = publications.current(run.case, Publication.Kind.NOTICE)
    people = [notice.author] if notice else []
    return barred(people, N_("公示由您拟制，公告须由另一位发布员发布。"))


def involved(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar who is tied to the community, objected, judged, voted on or prepared the case: they do not decide on objections."""
    yield from barred(
        objections.tied_deciders(run.case), N_("您与被评社区有利害关系，不能复核对本案的异议。")
    )
    objection = objections.of_key(run.case, run.key)
    if objection is not None and objection.by is not None:
        yield objection.by.pk, N_("异议由您提出，须由他人复核。")
    yield from barred(objections.assigned(run.case), N_("您参与过本案的评审，不能复核对本案的异议。"))
    yield from barred(objections.voted(run.case), N_("您参加过本案的评定表决，不能复核对本案的异议。"))
    yield from barred(objections.prepared(run.case), N_("您经办过本案的公示，不能复核对本案的异议。"))


def second_reviewers(run: StageRun) -> list[User]:
    """Return who still has to judge an upheld objection's indicators again: the two, later who came in one's place."""
    objection = objections.of_key(run.case, run.key)
    return objections.owing(objection) if objection else []


def proposers(run: StageRun) -> Iterable[tuple[int, str]]:
    """Bar who proposed to lower or revoke a star: another publisher decides."""
    return barred(revocations.proposers(run.case, run.key), N_("降星或撤销由您提议，须由另一位发布员审批。"))


class PublicationFlow(StageFlow):
    """公示公告"""

    stage = "publication"
    process_title = _("公示公告")

    start = start_node().Next(this.confirm_facts)
    confirm_facts = Step(
        _("核准拟公布信息"),
        action=_("核准"),
        page="confirm_facts",
        permission="confirm_facts",
        term="publication",
    ).Next(this.prepare)
    prepare = Step(
        _("拟制公示"),
        action=_("拟制"),
        page="prepare_notice",
        permission="prepare_publication",
        term="publication",
    ).Next(this.approve)
    approve = Step(
        _("批准公示"),
        action=_("审批"),
        page="approve_notice",
        permission="approve_publication",
        barred=preparers,
        term="publication",
    ).Next(this.after_approval)
    after_approval = flow.Switch().Case(this.prepare, went("return")).Default(this.notice)
    notice = Wait(_("公示期"), term="notice", page="publications").Next(this.after_notice)
    after_notice = flow.Switch().Case(this.prepare, went("changed")).Default(this.announce)
    announce = Step(
        _("发布公告"),
        action=_("发布"),
        page="announce",
        permission="approve_publication",
        barred=notice_author,
        term="publication",
    ).Next(this.end)
    end = flow.End()


class ObjectionFlow(StageFlow):
    """异议办理"""

    stage = "publication"
    process_title = _("异议办理")

    start = start_node().Next(this.receive)
    receive = Step(
        _("登记异议"),
        action=_("登记"),
        page="receive_objection",
        permission="receive_objection",
        term="first_check",
        keyed=True,
    ).Next(this.after_receive)
    after_receive = (
        flow.Switch().Case(this.end, went("withdraw")).Case(this.end, went("refuse")).Default(this.decide)
    )
    decide = Step(
        _("复核异议"),
        action=_("复核"),
        page="decide_objection",
        permission="decide_objection",
        barred=involved,
        term="objection",
        keyed=True,
    ).Next(this.after_decide)
    after_decide = flow.Switch().Case(this.reply, went("dismiss")).Default(this.reassess)
    reassess = Step(
        _("重新评审有异议的指标"),
        action=_("评审"),
        page="reassess",
        people=second_reviewers,
        term="review",
        keyed=True,
    ).Next(this.after_reassess)
    after_reassess = flow.Switch().Case(this.reappoint, went("replace")).Default(this.conclude)
    reappoint = Step(
        _("另行指定评审员"),
        action=_("指定"),
        page="reappoint",
        permission="decide_objection",
        barred=involved,
        term="first_check",
        keyed=True,
    ).Next(this.reassess)
    conclude = Step(
        _("作出复核结论"),
        action=_("复核"),
        page="conclude_objection",
        permission="decide_objection",
        barred=involved,
        term="review",
        keyed=True,
    ).Next(this.reply)
    reply = Step(
        _("送达复核决定"),
        action=_("送达"),
        page="reply_objection",
        permission="receive_objection",
        term="objection_reply",
        keyed=True,
    ).Next(this.end)
    end = flow.End()


class RevocationFlow(StageFlow):
    """降星和撤销星级"""

    stage = "publication"
    process_title = _("降星和撤销星级")

    start = start_node().Next(this.hear)
    hear = Step(
        _("对降星或撤销提议陈述申辩"),
        action=_("陈述"),
        page="state_award",
        permission="sign_application",
        term="statement",
        keyed=True,
    ).Next(this.approve_revocation)
    approve_revocation = Step(
        _("审批降星或撤销星级"),
        action=_("审批"),
        page="approve_revocation",
        permission="approve_publication",
        barred=proposers,
        term="publication",
        keyed=True,
    ).Next(this.after_revocation)
    after_revocation = flow.Switch().Case(this.end, went("reject")).Default(this.collect_certificate)
    collect_certificate = Step(
        _("收回证书和牌匾"),
        action=_("登记"),
        page="collect_certificate",
        permission="confirm_facts",
        term="certificate_return",
        keyed=True,
    ).Next(this.end)
    end = flow.End()
