"""Governors read figures that stand still, of groups nobody can be found in."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from casework.actions.governing import parted, report
from tests.web.conftest import SignIn
from tests.web.world import ON, World


def test_a_governor_reads_trends_and_no_name(still: World, browse: SignIn) -> None:
    governor = browse(still, "governor")
    page = governor.get("/governors")

    assert "Attendance by half term" in page.main
    assert "kept back" in page.main
    for name in ("Fennimore", "Robin", "Kestrel", "Quayle", still.case_ref, "Another Academy"):
        assert name not in page.text
    assert "/governors" in governor.get("/figures").links()
    assert browse(still, "ewo").client.get("/governors").status_code == 403


def test_figures_stand_still_until_a_half_term_ends(still: World) -> None:
    (one,) = report(still.inst, still.officer("governor"), ON)
    (later,) = report(still.inst, still.officer("governor"), ON.replace(day=27))

    assert one == later
    assert one.as_of is not None
    assert one.as_of < ON
    assert one.half_terms[-1].possible > one.half_terms[-1].attended > 0


PUPILS = st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans()), min_size=1, max_size=60)


@given(PUPILS)
def test_no_small_number_is_shown_and_none_follows_from_the_totals(
    pupils: list[tuple[str, bool, bool]],
) -> None:
    """Whoever knows the school's totals, and all that is shown, is left with more than one answer."""
    groups = {str(n): group for n, (group, _, _) in enumerate(pupils)}
    found = {str(n) for n, (_, has_case, _) in enumerate(pupils) if has_case}
    enforced = {str(n) for n, (_, has_case, hard) in enumerate(pupils) if has_case and hard}

    cut = parted("Group", groups, found, [enforced, (), ()], 5)

    truth = Counter(groups[upn] for upn in found)
    hidden = [group for group in cut.groups if group.cases is None]
    for group in cut.groups:
        for number, whole in ((group.cases, group.pupils), (group.enforced, group.cases)):
            assert number is None or not 0 < number < 5
            assert number is None or whole is None or not 0 < whole - number < 5
    if cut.groups and hidden:
        assert len(hidden) > 1
        total = len(found) - sum(group.cases or 0 for group in cut.groups)
        most = [group.pupils if group.pupils is not None else len(pupils) for group in hidden]
        fits = [split for split in product(*(range(m + 1) for m in most)) if sum(split) == total]
        for place, group in enumerate(hidden):
            if 0 < truth[group.name] < 5:
                assert len({split[place] for split in fits}) > 1
