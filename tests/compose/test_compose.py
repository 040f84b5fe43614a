"""docker-compose.yml: valid, hardened, and the public side apart from all the rest."""

import re
import subprocess
import sys

import pytest

from support.compose import COMPOSE, FILE, ROOT, SERVICES, mounted, on_disk, plain

PUBLIC = {"grafana-public", "prometheus-public"}


def neighbours(service: str) -> set[str]:
    """The services that share a network with it."""
    networks = set(SERVICES[service]["networks"])
    return {other for other in SERVICES if other != service and networks & set(SERVICES[other]["networks"])}


def test_it_has_the_profiles_that_the_page_on_deploying_tells_of() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    profiles = {profile for settings in SERVICES.values() for profile in settings.get("profiles", ())}
    assert profiles == set(
        re.findall(r"^\| `(\w+)` \|", page[page.index("## Profiles") : page.index("## Secrets")], re.MULTILINE)
    )


def test_it_is_a_compose_file() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_everything_that_is_mounted_is_there_and_read_only(service: str) -> None:
    """All but secrets, which every operator makes."""
    missing = [source for source, _ in mounted(service) if not source.startswith("./secrets/") and not (ROOT / source).exists()]
    writable = [mount for mount in SERVICES[service].get("volumes", ()) if plain(mount).startswith(".") and mount[-3:] != ":ro"]
    assert (missing, writable) == ([], [])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_little(service: str) -> None:
    settings = SERVICES[service]
    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]
    assert settings["security_opt"] == ["no-new-privileges:true"]
    assert settings["mem_limit"]
    assert settings["restart"] == "unless-stopped"
    assert not {"privileged", "network_mode", "pid", "devices", "cap_add"} & set(settings)


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "victoria-metrics"])
def test_a_service_is_asked_whether_it_is_healthy(service: str) -> None:
    """But for VictoriaMetrics, whose image has no program that could ask; nothing waits for it."""
    assert SERVICES[service]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES["victoria-metrics"]["healthcheck"] == {"disable": True}
    assert "victoria-metrics" not in str([settings.get("depends_on") for settings in SERVICES.values()])


def test_what_a_program_leaves_behind_is_buried() -> None:
    """A git that is ended at its time limit leaves helpers to the first process, and the exporter is none that waits for them."""
    assert SERVICES["kpi-exporter"]["init"] is True


def test_a_prometheus_may_take_the_minute_that_it_gives_a_store_which_is_away() -> None:
    for service in ("prometheus", "prometheus-2"):
        assert int(SERVICES[service]["stop_grace_period"].removesuffix("s")) > 60


def test_whom_somebody_waits_for_starts_with_him() -> None:
    """A profile starts all that its services wait for."""
    for settings in SERVICES.values():
        for other, wait in settings.get("depends_on", {}).items():
            assert wait["condition"] == "service_healthy"
            assert not wait.get("required", True) or set(SERVICES[other].get("profiles", ())) <= set(settings.get("profiles", ()))


@pytest.mark.parametrize("service", SERVICES)
def test_images_are_pinned_to_a_release(service: str) -> None:
    assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", plain(SERVICES[service]["image"]))


def test_the_prometheus_and_the_grafana_are_of_one_release() -> None:
    images = {name: SERVICES[name]["image"] for name in SERVICES}
    assert images["prometheus"] == images["prometheus-public"] == images["prometheus-2"]
    assert images["alertmanager"] == images["alertmanager-2"]
    assert images["grafana"] == images["grafana-public"]


def test_only_grafana_is_published_and_on_this_machine_alone_unless_told_otherwise() -> None:
    published = {name: [plain(port) for port in settings["ports"]] for name, settings in SERVICES.items() if "ports" in settings}
    assert published == {"grafana": ["127.0.0.1:3000:3000"], "grafana-public": ["127.0.0.1:3001:3000"]}


def test_every_volume_network_and_secret_that_is_named_is_declared() -> None:
    for settings in SERVICES.values():
        named = {plain(mount).split(":")[0] for mount in settings.get("volumes", ())}
        assert {name for name in named if not name.startswith(".")} <= set(COMPOSE["volumes"])
        assert set(settings["networks"]) <= set(COMPOSE["networks"])
        assert set(settings.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert set(settings.get("depends_on", ())) <= set(SERVICES)


def test_no_password_stands_in_the_file() -> None:
    settings = {key: value for one in SERVICES.values() for key, value in one.get("environment", {}).items()}
    assert [key for key in settings if re.search("PASSWORD|SECRET|TOKEN", key) and not key.endswith(("_FILE", "_ENV"))] == []


def test_the_public_side_starts_only_when_it_is_asked_for() -> None:
    assert {name for name, settings in SERVICES.items() if settings.get("profiles") == ["public"]} == PUBLIC


def test_the_public_grafana_reaches_the_public_prometheus_and_nothing_else() -> None:
    assert neighbours("grafana-public") == {"prometheus-public"}


def test_the_public_prometheus_reaches_the_one_of_the_team_and_nothing_behind_it() -> None:
    assert neighbours("prometheus-public") == {"grafana-public", "prometheus"}
    assert all(COMPOSE["networks"][name]["internal"] for name in SERVICES["prometheus-public"]["networks"])


def test_the_public_side_shares_no_data_and_no_secret_with_the_rest() -> None:
    def holds(names: set[str]) -> set[str]:
        volumes = {plain(mount).split(":")[0] for name in names for mount in SERVICES[name].get("volumes", ())}
        return {volume for volume in volumes if not volume.startswith(".")}

    assert holds(PUBLIC) & holds(set(SERVICES) - PUBLIC) == set()
    assert [name for name in PUBLIC if "secrets" in SERVICES[name]] == []


def test_the_public_grafana_sees_public_pages_alone() -> None:
    sources = {source for source, _ in mounted("grafana-public")}
    assert {source for source in sources if "dashboards" in source and "provisioning" not in source} == {
        "./grafana/dashboards/Public"
    }


def test_no_request_can_change_the_public_prometheus() -> None:
    flags = " ".join(SERVICES["prometheus-public"]["command"])
    assert re.search(r"lifecycle|admin-api|remote-write-receiver|otlp", flags) is None


def test_visitors_have_no_account_and_no_way_to_one() -> None:
    settings = SERVICES["grafana-public"]["environment"]
    assert settings["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    on = {"GF_AUTH_ANONYMOUS_ENABLED", "GF_AUTH_DISABLE_LOGIN_FORM", "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"}
    off = {"GF_AUTH_BASIC_ENABLED", "GF_USERS_ALLOW_SIGN_UP", "GF_EXPLORE_ENABLED", "GF_SNAPSHOTS_ENABLED"}
    assert {settings[key] for key in on} == {"true"}
    assert {settings[key] for key in off} == {"false"}


def test_visitors_cannot_pass_through_grafana_to_the_pages_of_prometheus() -> None:
    """No data source may be reached by way of the proxy but at an address that nobody has."""
    assert SERVICES["grafana-public"]["environment"]["GF_SECURITY_DATA_SOURCE_PROXY_WHITELIST"] == "nothing.invalid:1"


def test_the_team_signs_in() -> None:
    assert [key for key in SERVICES["grafana"]["environment"] if key.startswith("GF_AUTH_ANONYMOUS")] == []


@pytest.mark.parametrize("service", ["grafana", "grafana-public"])
def test_the_home_page_is_one_of_the_dashboards(service: str) -> None:
    home = SERVICES[service]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert on_disk(service, home).is_file()


@pytest.mark.parametrize("service", ["grafana", "grafana-public"])
def test_every_variable_of_the_provisioning_is_set(service: str) -> None:
    folder = "/etc/grafana/provisioning"
    files = [file for part in ("datasources", "dashboards") for file in on_disk(service, f"{folder}/{part}").glob("*.yml")]
    used = {name for file in files for name in re.findall(r"\$\{(\w+)\}", file.read_text(encoding="utf-8"))}
    assert len(files) == 2
    assert used
    assert used <= set(SERVICES[service]["environment"])


def test_services_are_called_what_the_configurations_call_them() -> None:
    files = ("prometheus.yml", "high-availability.yml", "remote-write.yml", "public.yml")
    text = "".join((ROOT / "prometheus" / name).read_text(encoding="utf-8") for name in files)
    lists = re.findall(r"targets: \[(.+)\]", text)
    targets = {address.partition(":")[0] for one in lists for address in one.split(", ")}
    sent_to = set(re.findall(r"url: http://([\w-]+):", text))
    assert (targets | sent_to) - {"localhost"} <= set(SERVICES)
    assert {"kpi-exporter", "prometheus-2", "alertmanager-2", "victoria-metrics"} <= targets | sent_to
