"""The flags of `kpi-exporter demo`; what it does is tested in tests/demo."""

import pytest
from click.testing import CliRunner

from exporter.cli import main


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--break=gitub"], "'gitub' is not one of 'github'"),
        (["--raise=P9"], "'P9' is not one of 'P0'"),
        (["--for=soon"], "--for"),
        (["--port-base=80"], "--port-base"),
        (["--services-only=nowhere", "--into=x"], "--services-only"),
        (["--services-only=127.0.0.1:0", "--into=x", "--services-url=nonsense"], "--services-url"),
        (["--services-url=http://demo:8731"], "--services-url goes with --services-only"),
        (["--raise=P3", "--no-history"], "--raise P3 tells of a milestone, which is judged against history"),
    ],
)
def test_a_flag_that_makes_no_sense_is_told(flags: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["demo", *flags])
    assert result.exit_code == 2
    assert said in result.output
