"""surveys: which groups of respondents may be told apart."""

from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.surveys.groups import MOST, disclosed


def groups(**sizes: int) -> tuple[dict[str, set[int]], set[int]]:
    """Groups of these sizes, without a common member, and everybody in them."""
    made, at = {}, 0
    for name, size in sizes.items():
        made[name] = set(range(at, at + size))
        at += size
    return made, set(range(at))


def test_a_group_with_enough_members_is_shown() -> None:
    assert disclosed(*groups(emea=5, apac=7), least=5) == ("apac", "emea")


def test_small_groups_that_are_together_large_enough_hide_themselves() -> None:
    assert disclosed(*groups(emea=6, apac=8, latam=3, africa=2), least=5) == ("apac", "emea")


def test_a_small_group_alone_hides_the_smallest_large_one_too() -> None:
    """Else all of its members together would be what is left of everybody without the groups that are shown."""
    assert disclosed(*groups(emea=6, apac=8, latam=2), least=5) == ("apac",)
    assert disclosed(*groups(emea=6, latam=2), least=5) == ()


def test_of_groups_of_the_same_size_the_last_by_name_is_hidden() -> None:
    assert disclosed(*groups(emea=6, apac=6, latam=2), least=5) == ("apac",)


def test_whoever_is_in_no_group_is_found_by_subtraction_as_well() -> None:
    regions, _ = groups(emea=6, apac=8)
    assert disclosed(regions, set(range(15)), least=5) == ("apac",)
    assert disclosed(regions, set(range(19)), least=5) == ("apac", "emea")


def test_a_member_of_several_groups_is_not_found_by_subtraction() -> None:
    both = {"cli": {0, 1, 2, 3, 4, 5}, "web_api": {0, 1, 2, 3, 4}, "rare": {0, 1}}
    assert disclosed(both, {0, 1, 2, 3, 4, 5}, least=5) == ("cli", "web_api")


def test_only_some_groups_may_be_asked_for() -> None:
    regions, everybody = groups(emea=6, apac=8, latam=7)
    assert disclosed(regions, everybody, 5, among=("apac", "latam")) == ("apac", "latam")


def test_the_largest_groups_are_shown_up_to_a_bound() -> None:
    many, everybody = groups(**{f"g{number:03}": 10 + number for number in range(MOST + 10)})
    shown = disclosed(many, everybody, least=5)
    assert len(shown) == MOST
    assert (shown[0], shown[-1]) == ("g010", "g059")


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.frozensets(st.integers(0, 30))),
    st.frozensets(st.integers(0, 30)),
    st.integers(1, 8),
)
def test_nobody_is_found_in_a_small_group_nor_in_a_small_rest(
    members: dict[str, frozenset[int]], alone: frozenset[int], least: int
) -> None:
    everybody = alone.union(*members.values())
    shown = disclosed(members, everybody, least)
    assert all(len(members[name]) >= least for name in shown)
    rest = everybody - frozenset().union(*(members[name] for name in shown))
    assert not shown or not rest or len(rest) >= least
