"""What people do with the program, week by week: how many there are, how much they do, and how well it serves them."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ERRORS", "FEATURES", "WEEKS", "Curve", "Week"]

Curve = tuple[tuple[float, float], ...]
"""A distribution: pairs of a share and the number that this share of all stays under."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of use.

    `begins` counts the users with the first command of their life in this week; `stays` says how many of them have one in this
    week, in the next one, and so on. `errors` has a number for each of ERRORS. Latencies are in milliseconds, memory is in
    kilobytes.
    """

    begins: int
    stays: tuple[int, ...]
    commands: int
    downloads: int
    activation: float
    feedback: int
    success: float
    errors: tuple[int, ...]
    crashes: int
    runs: int
    ratings: Mapping[int, int]
    latency: Mapping[str, Curve]
    memory: Curve


ERRORS = ("timeout", "parse_failure", "llm_error", "safety_blocked")
"""The last of them is what the program does on purpose."""

FEATURES: Mapping[str, float] = {
    "command_generation": 1,
    "safety_validation": 1,
    "shell_integration": 0.34,
    "telemetry_opt_in": 0.24,
    "config_profiles": 0.12,
    "telemetry_export": 0.05,
    "safety_override": 0.03,
}
"""The share of the active users of a week who use each."""


def _latency(factor: float) -> Mapping[str, Curve]:
    simple: Curve = ((0, 12), (0.5, 27), (0.95, 45), (0.99, 74), (1, 110))
    medium: Curve = ((0, 90), (0.5, 190), (0.95, 315), (0.99, 470), (1, 640))
    complex_: Curve = ((0, 300), (0.5, 550), (0.95, 850), (0.99, 1300), (1, 1500))
    curves = {"simple": simple, "medium": medium, "complex": complex_}
    return {name: tuple((share, number * factor) for share, number in curve) for name, curve in curves.items()}


def _memory(factor: float) -> Curve:
    curve: Curve = ((0, 21_000), (0.5, 31_000), (0.95, 42_000), (0.99, 55_000), (1, 61_000))
    return tuple((share, number * factor) for share, number in curve)


WEEKS: tuple[Week, ...] = (
    Week(
        begins=142,
        stays=(142,),
        commands=2000,
        downloads=350,
        activation=0.78,
        feedback=400,
        success=0.87,
        errors=(17, 14, 35, 25),
        crashes=2,
        runs=4000,
        ratings={5: 24, 4: 27, 3: 6, 2: 2, 1: 1},
        latency=_latency(1),
        memory=_memory(1),
    ),
    Week(
        begins=140,
        stays=(140, 98),
        commands=1250,
        downloads=270,
        activation=0.75,
        feedback=260,
        success=0.85,
        errors=(16, 12, 24, 16),
        crashes=2,
        runs=2600,
        ratings={5: 15, 4: 18, 3: 6, 2: 2},
        latency=_latency(1.04),
        memory=_memory(1.03),
    ),
    Week(
        begins=12,
        stays=(12, 8, 6),
        commands=150,
        downloads=30,
        activation=0.72,
        feedback=40,
        success=0.8,
        errors=(3, 2, 5, 2),
        crashes=0,
        runs=300,
        ratings={5: 3, 4: 5, 3: 2},
        latency=_latency(1.1),
        memory=_memory(1.06),
    ),
    Week(
        begins=10,
        stays=(10, 6, 5, 4),
        commands=90,
        downloads=20,
        activation=0.7,
        feedback=20,
        success=0.8,
        errors=(2, 2, 2, 1),
        crashes=0,
        runs=180,
        ratings={4: 5, 3: 2},
        latency=_latency(1.15),
        memory=_memory(1.1),
    ),
)
"""The week that ends now, then those before it: the second week of the beta, its first one, and two among friends."""
