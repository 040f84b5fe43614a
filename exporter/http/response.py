"""An answer, and its JSON read with care."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from exporter.errors import Reason, UpstreamError

__all__ = ["Response"]

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Response:
    """A successful answer: status 2xx, headers by lower-case name, and the decoded body.

    `asked` is the request that it answers, as an error may show it; `unchanged` says that the body is the kept one, because the
    upstream said that it has no other.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    asked: str = "the upstream"
    unchanged: bool = False

    def json(self) -> Any:
        """The body as JSON; raises UpstreamError(MALFORMED) when it is none.

        Numbers that are not finite and half surrogate pairs count as malformed: both pass Python's reader and would fail later,
        far from here.
        """
        try:
            text = self.body.decode("utf-8-sig")
            data = json.loads(text, parse_float=_finite, parse_constant=_refuse)
            if _SURROGATE.search(text):
                json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            well_formed = False
        else:
            well_formed = True
        if not well_formed:
            raise UpstreamError(Reason.MALFORMED, f"{self.asked} answered no usable JSON")
        return data


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
