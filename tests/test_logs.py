"""Log lines: one an event, in two formats, without secrets."""

import io
import json
import logging
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import Reason, UpstreamError
from exporter.logs import LEVELS, fields, handler, hide, redact


class Log:
    """A logger of its own, and what it wrote."""

    def __init__(self, level="info", form="logfmt"):
        self.stream = io.StringIO()
        self.logger = logging.Logger("exporter.collect.job", logging.DEBUG)
        self.logger.addHandler(handler(level, form, self.stream))

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def line(self):
        [line] = self.text.splitlines()
        return line

    @property
    def event(self):
        return json.loads(self.line)


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def json_log():
    return Log(form="json")


def after_caller(line):
    return re.sub(r"^time=\S+ level=\w+ caller=\S+ ", "", line)


class TestShape:
    def test_a_line_begins_with_time_level_caller_and_message(self, log):
        log.logger.info("refreshed")
        assert re.fullmatch(
            r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info caller=collect\.job:\d+ msg=refreshed", log.line
        )

    def test_time_is_that_of_the_event_in_utc(self, json_log):
        record = logging.makeLogRecord({"name": "exporter", "msg": "x", "levelno": logging.INFO, "created": 1_769_515_200.25})
        json_log.logger.handle(record)
        assert json_log.event["time"] == "2026-01-27T12:00:00.250Z"

    def test_fields_follow_in_their_order_and_what_it_is_about_comes_first(self, log):
        log.logger.info("refreshed", extra=fields(seconds=1.5, parts=3, source="github", project="caro"))
        assert after_caller(log.line) == "project=caro source=github msg=refreshed seconds=1.5 parts=3"

    def test_json_has_the_same_keys_and_keeps_numbers_and_truth(self, json_log):
        json_log.logger.info("refreshed", extra=fields(source="github", seconds=1.5, parts=3, ok=True))
        event = json_log.event
        assert list(event) == ["time", "level", "caller", "source", "msg", "seconds", "parts", "ok"]
        assert (event["seconds"], event["parts"], event["ok"]) == (1.5, 3, True)

    def test_a_field_without_a_value_is_left_out(self, log):
        log.logger.info("x", extra=fields(until=None))
        assert after_caller(log.line) == "msg=x"

    def test_times_and_what_else_there_is_are_written_as_text(self, log):
        log.logger.info("x", extra=fields(until=datetime(2026, 1, 27, 12, tzinfo=UTC), reason=Reason.AUTH, wait=timedelta(0)))
        assert after_caller(log.line) == "msg=x until=2026-01-27T12:00:00+00:00 reason=auth wait=0:00:00"

    def test_a_field_cannot_pass_for_a_key_of_the_line(self, json_log):
        json_log.logger.info("true", extra={"fields": {"msg": "false", "level": "false", "a b=c": 1}})
        event = json_log.event
        assert (event["msg"], event["level"], event["msg_"], event["level_"], event["a_b_c"]) == (
            "true",
            "info",
            "false",
            "false",
            1,
        )

    def test_arguments_of_a_message_are_filled_in(self, log):
        log.logger.info("%d of %s", 3, "4")
        assert after_caller(log.line) == 'msg="3 of 4"'

    @pytest.mark.parametrize(
        ("level", "written"),
        [
            ("debug", ["debug", "info", "warn", "error"]),
            ("info", ["info", "warn", "error"]),
            ("warn", ["warn", "error"]),
            ("error", ["error"]),
        ],
    )
    def test_a_level_holds_back_what_is_below_it(self, level, written):
        log = Log(level, "json")
        for number in LEVELS.values():
            log.logger.log(number, "x")
        assert [json.loads(line)["level"] for line in log.text.splitlines()] == written

    def test_levels_of_others_get_the_nearest_name_below(self, json_log):
        json_log.logger.critical("x")
        assert json_log.event["level"] == "error"


class TestOneLine:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            ("plain", "plain"),
            ("a/b-c:1", "a/b-c:1"),
            ("größe", "größe"),
            ("", '""'),
            ("two words", '"two words"'),
            ("a=b", '"a=b"'),
            ('say "x"', r'"say \"x\""'),
            ("back\\slash", r'"back\\slash"'),
            ("a\nlevel=error", r'"a\nlevel=error"'),
            ("\r\n", r'"\r\n"'),
            ("a\u2028b\x85c", r'"a\u2028b\u0085c"'),
            ("\x1b[31m", r'"\u001b[31m"'),
            ("\u202e", r'"\u202e"'),
            ("\ud800", r'"\ud800"'),
        ],
    )
    def test_logfmt_escapes_what_could_end_a_value_or_a_line(self, log, value, written):
        log.logger.info("x", extra=fields(value=value))
        assert after_caller(log.line) == f"msg=x value={written}"

    @given(st.text(), st.sampled_from(["logfmt", "json"]))
    def test_no_text_breaks_a_line(self, text, form):
        log = Log(form=form)
        log.logger.info("%s", text, extra=fields(value=text))
        assert len(log.text.splitlines()) == 1
        assert log.text.endswith("\n")
        assert log.line.isprintable()

    @given(st.text(st.characters(exclude_characters="@:=/ "), max_size=12))
    def test_json_gives_back_what_was_logged(self, text):
        log = Log(form="json")
        log.logger.info("x", extra=fields(value=text))
        assert log.event["value"] == text

    def test_numbers_that_json_does_not_have_are_text(self, json_log):
        json_log.logger.info("x", extra=fields(value=float("nan")))
        assert json_log.event["value"] == "nan"


def fail(error):
    try:
        raise error
    except Exception as raised:
        return raised


class TestExceptions:
    def test_of_a_foreign_exception_only_the_type_is_told(self, log):
        log.logger.error("failed", exc_info=fail(ValueError("planted upstream text")))
        assert after_caller(log.line) == "msg=failed error=ValueError"

    def test_of_our_own_the_text_is_told(self, log):
        log.logger.error("failed", exc_info=fail(UpstreamError(Reason.TIMEOUT, "no answer in 30s")))
        assert after_caller(log.line) == 'msg=failed error="UpstreamError: no answer in 30s"'

    @pytest.mark.parametrize("form", ["logfmt", "json"])
    def test_debug_has_the_traceback_in_the_same_line_without_secrets(self, form):
        log = Log("debug", form)
        log.logger.error("failed", exc_info=fail(ValueError("password=planted")))
        assert "Traceback (most recent call last)" in log.line
        assert "ValueError: password=<secret>" in log.line
        assert "planted" not in log.line


TOKEN = "ghp_" + "a1B2" * 9
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDe." + "x" * 38


class TestSecrets:
    @pytest.mark.parametrize(
        ("text", "written"),
        [
            (f"token {TOKEN} refused", "token <secret> refused"),
            ("github_pat_" + "A" * 30, "<secret>"),
            ("glpat-" + "a" * 20, "<secret>"),
            ("xoxb-1234567890-abcdefghij", "<secret>"),
            ("npm_" + "a" * 36, "<secret>"),
            (f"jwt {JWT}", "jwt <secret>"),
            (DISCORD, "<secret>"),
            ("$2y$10$" + "a" * 53, "<secret>"),
            ("https://me:pw@example.org/a", "https://<secret>@example.org/a"),
            ("postgresql://me:p/w@db:5432/x", "postgresql://<secret>@db:5432/x"),
            ("postgresql://me:p@w@db/x", "postgresql://<secret>@db/x"),
            (f"https://{'t' * 8}@example.org", "https://<secret>@example.org"),
            ("Authorization: Bearer abc", "Authorization: Bearer <secret>"),
            ("'authorization': 'Bot abc'", "'authorization': 'Bot <secret>'"),
            ("sent Basic dXNlcjpwYXNz", "sent Basic <secret>"),
            ("/x?access_token=abc&page=2", "/x?access_token=<secret>&page=2"),
            ("host=db password=hunter2 port=1", "host=db password=<secret> port=1"),
            ('{"client_secret": "abc"}', '{"client_secret": "<secret>"}'),
            ("mail to jane.doe@example.org now", "mail to <secret> now"),
            ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\nrest", "<secret>\nrest"),
            ("-----BEGIN RSA PRIVATE KEY-----\nabc", "<secret>"),
        ],
    )
    def test_what_looks_like_a_credential_is_not_written(self, text, written):
        assert redact(text) == written

    @pytest.mark.parametrize(
        "text",
        [
            "Basic authentication is on",
            "the bot left; token refused; Bearer missing",
            "kpi-exporter.yml:3: projects[0].sources.github.token_file: cannot be read: No such file or directory",
            "kpi-exporter.yml:3: projects[0].sources.github.token: is missing",
            "https://api.github.com/repos/caro-cli/caro/issues?page=2",
            "git@github.com:caro-cli/caro.git",
            "https://registry.example.org/@scope/package",
            "0123456789abcdef0123456789abcdef01234567",
            "exporter.collect.collector.refresh_everything_now",
        ],
    )
    def test_what_does_not_is_left_alone(self, text):
        assert redact(text) == text

    @pytest.mark.parametrize("form", ["logfmt", "json"])
    def test_hidden_values_are_written_nowhere(self, form):
        hide(["planted-1", 'plan"ted 2', "line-one-of-three\nline-two-of-three\nline-three\n", "abc", ""])
        log = Log("debug", form)
        log.logger.error(
            "planted-1 %s",
            'xplan"ted 2x',
            extra=fields(first="planted-1", second='plan"ted 2', url="plan%22ted%202", some="line-two-of-three", short="abcd"),
            exc_info=fail(ValueError("planted-1")),
        )
        assert not re.search(r"planted-1|plan.{0,3}ted|-two-", log.line)
        assert "abcd" in log.line, "three letters are no secret"

    def test_a_hidden_value_within_another_is_covered_by_the_longer_one(self):
        hide(["inner-planted", "outer-inner-planted-outer"])
        assert redact("outer-inner-planted-outer") == "<secret>"


class TestConfigure:
    def run(self, program):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.stdout == ""
        return done.stderr.splitlines()

    def test_everything_goes_to_standard_error_in_one_form(self):
        lines = self.run(
            "import logging, threading, warnings\n"
            "from exporter.logs import configure\n"
            "configure('info', 'json'); configure('warn', 'json')\n"
            "logging.getLogger('exporter.web').info('held back')\n"
            "logging.getLogger('library').warning('from a library')\n"
            "warnings.warn('a warning of Python')\n"
            "thread = threading.Thread(target=lambda: 1 / 0); thread.start(); thread.join()\n"
            "raise RuntimeError('planted')\n"
        )
        events = [json.loads(line) for line in lines]
        assert [event["msg"].partition("UserWarning: ")[2].partition("\n")[0] or event["msg"] for event in events] == [
            "from a library",
            "a warning of Python",
            "unexpected error",
            "unexpected error",
        ]
        assert [event.get("error") for event in events] == [None, None, "ZeroDivisionError", "RuntimeError"]

    def test_an_interrupt_is_no_error(self):
        assert self.run("from exporter.logs import configure; configure(); raise KeyboardInterrupt") == []
