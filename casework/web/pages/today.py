"""The start page: what the day asks for, by role."""

from starlette.responses import Response

from casework.actions import drafts, handing_over, health, overrides, views, visits
from casework.actions import referrals as answers
from casework.actions.access import MAY, Act
from casework.actions.drafts import Draft
from casework.domain import Role
from casework.web.pages.acts import ACTS
from casework.web.pages.steps import draft_address
from casework.web.visit import Visit


def today(visit: Visit) -> Response:
    """Overdue and due first; for an LA its referrals, for others the figures or the registers."""
    if not visit.roles:
        says = "You have no role today, so there is nothing to show. Ask an administrator."
        return visit.show("problem.html", heading="Nothing here is yours", says=says)
    if visit.roles <= {Role.ADMINISTRATOR}:
        found = views.registers_in(visit.inst, visit.officer, visit.on)
        return visit.show("installation.html", found=found, health=health.health(visit.inst, visit.officer))
    if visit.roles.isdisjoint(MAY[Act.READ_CASES]):
        return visit.show("figures.html", figures=views.figures(visit.inst, visit.officer, visit.on))
    if visit.roles <= {Role.EWO}:
        return visit.show(
            "referrals.html", desk=answers.desk(visit.inst, visit.officer, visit.on), start=True
        )
    hands_over = not visit.roles.isdisjoint(MAY[Act.OWN_CASES])
    owners = handing_over.owners(visit.inst, visit.officer, visit.on) if hands_over else ()
    aside = overrides.listed(visit.inst, visit.officer, visit.on) if Role.HEADTEACHER in visit.roles else ()
    return visit.show(
        "today.html",
        today=views.today(visit.inst, visit.officer, visit.on),
        out=visits.out_now(visit.inst, visit.officer, visit.on, visit.site.clock()),
        leavers=[owner for owner in owners if not owner.acts],
        set_aside=[item for item in aside if item.in_force],
        drafts=drafts.mine(visit.inst, visit.officer),
        begun=_begun,
    )


def _begun(draft: Draft) -> tuple[str, str]:
    """The title of a draft and where it goes on; empty for one of something that is asked no more."""
    if draft.act in ACTS:
        return ACTS[draft.act].title, f"/cases/{draft.case_ref}/record/{draft.act}"
    return draft_address(draft) or ("", "")


def figures(visit: Visit) -> Response:
    """Counts of cases by stage; no pupil is named."""
    return visit.show("figures.html", figures=views.figures(visit.inst, visit.officer, visit.on))


def referrals(visit: Visit) -> Response:
    """What was put to the LA: what waits first."""
    return visit.show("referrals.html", desk=answers.desk(visit.inst, visit.officer, visit.on), start=False)
