"""The files that are written: they hold in every situation, and they read well."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, given, settings

from exporter.collect.figures import figure_problems
from exporter.collect.setup import Options, Setup, load_setup
from exporter.render.dashboards import dashboard_files
from exporter.render.projects import configured_projects
from exporter.render.rules import Links, rule_files
from exporter.starter import FILES, REGISTRIES, Known, Package, Repository, Server, texts_of
from support.situations import situations
from support.starter import GUILD, INVITE

TODAY = date(2026, 1, 27)
QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without looking for the smallest project that fails: each try takes a while, and any project tells what is wrong."""


def repository(name: str = "acme/widget", **more: Any) -> Repository:
    given: dict[str, Any] = {
        "stars": 1234, "forks": 56, "open_issues": 40, "open_pull_requests": 8, "contributors": 12,
        "has_issues": True, "archived": False, "public": True, "labels": ("bug", "P0", "P1", "P2", "P3"),
    }  # fmt: skip
    return Repository(name, f"https://github.com/{name}", **{**given, **more})


def setup_of(known: Known) -> Setup:
    """The files as the exporter reads them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts_of(known, TODAY).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        setup = load_setup(Options(Path(folder) / "kpi-exporter.yml", {}, read_secrets=False))
        assert figure_problems(setup) == []
        return setup


@settings(max_examples=100, deadline=None, phases=QUICKLY)
@given(situations())
def test_the_files_are_valid_in_every_situation(known: Known) -> None:
    setup = setup_of(known)
    (project,) = setup.config.projects
    catalog = setup.catalogs[known.project]
    assert (project.name, catalog.project, catalog.launch) == (known.project, known.project, TODAY)
    read = {name for name in project.sources if name != "manual"}
    told = known.server is not None and known.server.failure is None
    assert read == {*known.registries, *(["github"] if known.repositories else []), *(["discord"] if told else [])}
    assert sum(kpi.tier == "north_star" for kpi in catalog.kpis) <= 1
    assert {kpi.category for kpi in catalog.kpis} == set(catalog.owners)
    # Whatever the catalog has a KPI for, a source of the configuration gives, but for the one that people enter.
    sources = setup.kpi_sources(project)
    assert [name for name, source in sources.items() if source == "manual"] == ["satisfaction"]


@settings(max_examples=12, deadline=None, phases=QUICKLY)
@given(situations())
def test_rules_and_dashboards_are_rendered_in_every_situation(known: Known) -> None:
    projects = configured_projects(setup_of(known))
    rules = rule_files(projects, Links())[f"prometheus/rules/{known.project}.yml"]
    assert yaml.safe_load(rules)["groups"]
    assert [name for name in dashboard_files(projects, Links()) if name.startswith("grafana/dashboards/Projects/kpi-project-")]


def test_the_files_are_a_configuration_a_catalog_and_an_empty_table_of_figures() -> None:
    texts = texts_of(Known("widget", [repository()]), TODAY)
    assert tuple(texts) == FILES == ("kpi-exporter.yml", "catalog.yml", "figures.csv")
    assert texts["figures.csv"].splitlines()[0] == "date,kpi,segment,value,note"
    assert all(line.startswith("#") for line in texts["figures.csv"].splitlines()[1:])


def test_what_grows_gets_a_baseline_and_targets_from_today_on() -> None:
    kpi = setup_of(Known("widget", [repository()])).catalogs["widget"].kpi("github_stars")
    assert kpi is not None
    assert kpi.baseline is not None
    assert kpi.baseline.value == 1234
    days = [target.deadline(TODAY) for target in kpi.targets]
    assert [day.date().isoformat() for day in days if day] == ["2026-02-26", "2026-04-27", "2026-07-26"]
    assert [target.number for target in kpi.targets] == [1400, 1700, 2200]


def test_what_could_not_be_looked_up_gets_no_target_and_a_comment() -> None:
    known = Known("widget", [repository(contributors=None, open_issues=None)])
    catalog = setup_of(known).catalogs["widget"]
    text = texts_of(known, TODAY)["catalog.yml"]
    assert [kpi.id for kpi in catalog.kpis if kpi.id in ("contributors", "open_issues") and not kpi.targets] == [
        "contributors", "open_issues",
    ]  # fmt: skip
    assert "    # targets: [{by: 30d after launch, at_least: …}]   # what it is worth today could not be looked up\n" in text
    assert "    # targets: [{at_most: …}]   # how many are open today could not be looked up\n" in text


def test_people_of_several_repositories_are_not_added_up() -> None:
    catalog = setup_of(Known("widget", [repository(), repository("acme/docs")])).catalogs["widget"]
    assert {kpi.id: kpi.baseline.value for kpi in catalog.kpis if kpi.baseline} == {"github_stars": 2468, "github_forks": 112}


def test_a_repository_without_issues_has_no_kpis_of_them() -> None:
    catalog = setup_of(Known("widget", [repository(has_issues=False)])).catalogs["widget"]
    assert {kpi.id for kpi in catalog.kpis} == {
        "github_stars", "github_forks", "contributors", "active_contributors", "satisfaction", "pr_acceptance_rate",
        "first_review_time",
    }  # fmt: skip


def test_alerts_of_every_priority_are_named_after_the_project() -> None:
    catalog = setup_of(Known("acme-widget", [repository()])).catalogs["acme-widget"]
    alerts = [alert for kpi in catalog.kpis for alert in kpi.alerts]
    assert {alert.priority for alert in alerts} == {"P0", "P1", "P2", "P3"}
    assert all(alert.name.startswith("AcmeWidget") for alert in alerts)


def test_downloads_are_told_apart_where_there_are_several_registries() -> None:
    packages = [Package("npm", "widget", downloads=4500), Package("pypi", "widget", downloads=None)]
    one = setup_of(Known("widget", packages=packages[:1])).catalogs["widget"].kpis[0]
    two = setup_of(Known("widget", packages=packages)).catalogs["widget"].kpis[0]
    assert (one.id, one.tier, two.id, two.tier) == ("downloads", "north_star") * 2
    assert ([value.by for value in one.values], [target.number for target in one.targets]) == ([()], [5000, 6000, 8000])
    assert ([value.by for value in two.values], two.targets) == ([("registry",)], ())
    assert [(segment.name, len(segment.targets)) for segment in two.segments] == [("npm", 3), ("pypi", 0)]


def test_a_package_that_was_not_confirmed_waits_as_a_comment() -> None:
    packages = [
        Package("npm", "widget", downloads=1),
        Package("npm", "gadget", failure="npm is away"),
        Package("crates", "widget", failure="so is crates.io"),
    ]
    texts = texts_of(Known("widget", packages=packages), TODAY)
    assert (
        "      # gadget: npm is away.\n      # widget: 1 download in 30 days.\n      npm:\n        packages: [widget]\n"
        in texts["kpi-exporter.yml"]
    )
    assert "      # widget: so is crates.io.\n      # crates:\n      #   packages: [widget]\n" in texts["kpi-exporter.yml"]
    assert setup_of(Known("widget", packages=packages)).config.projects[0].sources.keys() == {"npm", "manual"}


def test_downloads_wait_as_a_comment_where_no_registry_confirmed_a_package() -> None:
    known = Known("widget", [repository()], [Package("npm", "widget", failure="npm is away")])
    assert "  # - id: downloads\n  #   title: Downloads\n" in texts_of(known, TODAY)["catalog.yml"]
    assert setup_of(known).catalogs["widget"].kpi("downloads") is None


def test_a_server_behind_an_invite_is_counted_by_its_members() -> None:
    known = Known("widget", server=Server("invite", INVITE, members=680, online=7))
    kpi = setup_of(known).catalogs["widget"].kpi("discord_members")
    assert kpi is not None
    assert (kpi.tier, [target.number for target in kpi.targets]) == ("north_star", [750, 910, 1300])
    assert (
        f"      # 680 members and 7 online.\n      discord:\n        invite: {INVITE}\n"
        in texts_of(known, TODAY)["kpi-exporter.yml"]
    )


def test_a_server_without_a_bot_is_watched_without_a_target() -> None:
    known = Known("widget", server=Server("guild_id", GUILD, online=9))
    kpi = setup_of(known).catalogs["widget"].kpi("discord_members_online")
    assert kpi is not None
    assert kpi.tier == "tracked"
    assert "        # bot_token_file: secrets/discord_token\n" in texts_of(known, TODAY)["kpi-exporter.yml"]


def test_a_server_that_told_nothing_waits_as_a_comment_with_the_token_that_it_needs() -> None:
    known = Known("widget", [repository()], server=Server("guild_id", GUILD, failure="its widget is off"))
    expected = (
        "      # its widget is off.\n"
        "      # discord:\n"
        f"      #   guild_id: '{GUILD}'\n"
        "      #   bot_token_file: secrets/discord_token\n"
    )
    assert expected in texts_of(known, TODAY)["kpi-exporter.yml"]
    assert "  # - id: discord_members\n" in texts_of(known, TODAY)["catalog.yml"]


def test_labels_of_the_repository_reach_the_configuration() -> None:
    known = Known("widget", [repository(labels=["kind/bug", "priority: critical", "P1"])])
    text = texts_of(known, TODAY)["kpi-exporter.yml"]
    assert "        bug_label: kind/bug\n        priorities: {P0: ['priority: critical']}\n" in text


def test_labels_that_are_the_default_need_no_word() -> None:
    text = texts_of(Known("widget", [repository()]), TODAY)["kpi-exporter.yml"]
    assert "bug_label" not in text
    assert "priorities" not in text


def test_labels_of_several_repositories_are_one_where_only_their_case_differs() -> None:
    known = Known(
        "widget", [repository(labels=["Defect", "prio: high"]), repository("acme/docs", labels=["defect", "Prio: High"])]
    )
    assert "        bug_label: defect\n        priorities: {P1: ['Prio: High']}\n" in texts_of(known, TODAY)["kpi-exporter.yml"]
    assert setup_of(known).config.projects


def test_only_repositories_with_issues_say_what_their_labels_and_numbers_mean() -> None:
    known = Known(
        "widget", [repository(labels=["bug", "P0"]), repository("acme/docs", has_issues=False, open_issues=9, labels=["p1"])]
    )
    assert known.open_issues == 40
    assert "priorities" not in texts_of(known, TODAY)["kpi-exporter.yml"]
    closed = repository("acme/docs", has_issues=False, labels=["defect", "priority: high"])
    assert "priority: high" not in texts_of(Known("widget", [repository(labels=[]), closed]), TODAY)["kpi-exporter.yml"]


def test_labels_of_one_repository_that_are_unknown_are_not_told_as_missing() -> None:
    known = Known("widget", [repository(labels=["docs"]), repository("acme/docs", labels=None)])
    assert texts_of(known, TODAY)["kpi-exporter.yml"].count("        # The labels could not be looked up; ") == 2


def test_any_project_may_have_a_few_open_issues() -> None:
    for today, most in ((0, 5), (5, 5), (6, 6), (123, 130)):
        kpi = setup_of(Known("widget", [repository(open_issues=today)])).catalogs["widget"].kpi("open_issues")
        assert kpi is not None
        assert [target.number for target in kpi.targets] == [most]


def test_labels_that_are_missing_leave_a_hint() -> None:
    for labels, why in (([], "No label looks like"), (None, "The labels could not be looked up")):
        text = texts_of(Known("widget", [repository(labels=labels)]), TODAY)["kpi-exporter.yml"]
        assert text.count(f"        # {why}") == 2
        assert "        # bug_label: bug\n" in text
        assert "        # priorities: {P0: [P0], P1: [P1], P2: [P2], P3: [P3]}\n" in text


def test_services_may_reach_somebody_by_the_page_of_the_repository() -> None:
    text = texts_of(Known("widget", [repository("acme/secret", public=False), repository()]), TODAY)["kpi-exporter.yml"]
    assert (
        "\n# Services see it with each request, so that they can reach somebody.\ncontact: https://github.com/acme/widget\n"
        in text
    )


@pytest.mark.parametrize(
    "known",
    [
        Known("widget", [repository(public=False)]),
        Known("widget", [repository()], base_urls={"github": "https://github.example.org/api/v3"}),
        Known("widget", packages=[Package("npm", "widget", downloads=1)]),
    ],
    ids=["private", "enterprise", "none"],
)
def test_no_service_is_told_of_a_page_that_is_not_for_it(known: Known) -> None:
    text = texts_of(known, TODAY)["kpi-exporter.yml"]
    assert "# contact: https://example.org\n" in text
    assert "\ncontact:" not in text


def test_the_configuration_names_no_address_that_is_the_usual_one() -> None:
    packages = [Package(registry, "widget", downloads=1) for registry in REGISTRIES]
    assert "base_url" not in texts_of(Known("widget", [repository()], packages), TODAY)["kpi-exporter.yml"]
