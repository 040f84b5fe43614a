"""A Google Forms on loopback, with the token endpoint beside it.

It holds requests and its own answers against the discovery document.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support.discovery import Discovery
from support.github.app import new_key
from support.tools import NOW
from support.upstream import Answer, Request

__all__ = ["DISCOVERY", "FakeForm", "FakeGoogle", "choice", "grid", "item", "rating", "response", "scale"]

DISCOVERY = Discovery("google_forms", "forms.v1")
EMAIL = "planted-account@example.iam.gserviceaccount.com"
LIFETIME = timedelta(seconds=3599)
LONGEST_PROOF = timedelta(hours=1)
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
MOMENT = re.compile(r"timestamp (>=|>) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")

Json = dict[str, Any]

_numbers = count(1)


def item(question_id: str, kind: str, **settings: Any) -> Json:
    """An item with one question of a kind (scaleQuestion, textQuestion …), as `GET /v1/forms/ID` has it."""
    return {
        "itemId": f"9{question_id}",
        "title": "Planted title?",
        "description": "Planted description.",
        "questionItem": {"question": {"questionId": question_id, "required": True, kind: settings}},
    }


def scale(question_id: str, low: int, high: int) -> Json:
    """A linear scale; Google leaves a 0 out."""
    steps = {"high": high} if low == 0 else {"low": low, "high": high}
    return item(question_id, "scaleQuestion", **steps, lowLabel="Planted low", highLabel="Planted high")


def rating(question_id: str, level: int) -> Json:
    """A row of stars."""
    return item(question_id, "ratingQuestion", ratingScaleLevel=level, iconType="STAR")


def choice(question_id: str, *options: str, several: bool = False) -> Json:
    """Options, and one more where people write what they like."""
    offered = [*({"value": option} for option in options), {"isOther": True}]
    return item(question_id, "choiceQuestion", type="CHECKBOX" if several else "RADIO", options=offered)


def grid(rows: Sequence[str], columns: Sequence[str]) -> Json:
    """Rows, each a question of its own, with the same options."""
    return {
        "itemId": "9grid",
        "title": "Planted grid",
        "questionGroupItem": {
            "questions": [{"questionId": row, "rowQuestion": {"title": "Planted row"}} for row in rows],
            "grid": {"columns": {"type": "RADIO", "options": [{"value": column} for column in columns]}},
        },
    }


def response(number: int, sent: datetime, answers: dict[str, str | list[str]], *, first: datetime | None = None) -> Json:
    """A response that was sent, or edited, at a moment: a text, a number on a scale as text, or several options, by question."""
    return {
        "responseId": f"planted-response-{number}",
        "createTime": _written(first or sent),
        "lastSubmittedTime": _written(sent),
        "respondentEmail": f"planted{number}@example.org",
        "answers": {
            question: {
                "questionId": question,
                "textAnswers": {"answers": [{"value": text} for text in ([said] if isinstance(said, str) else said)]},
            }
            for question, said in answers.items()
        },
    }


@dataclass
class FakeForm:
    """A form with its items and its responses; `shared` says whether the service account may read it."""

    form_id: str
    items: list[Json] = field(default_factory=list)
    responses: list[Json] = field(default_factory=list)
    shared: bool = True

    def told(self) -> Json:
        """The form as Google tells it."""
        return {
            "formId": self.form_id,
            "info": {"title": "Planted survey", "documentTitle": "Planted document"},
            "settings": {"emailCollectionType": "VERIFIED"},
            "revisionId": "00000012",
            "responderUri": "https://docs.google.com/forms/d/e/planted/viewform",
            **({"items": self.items} if self.items else {}),
        }


class FakeGoogle:
    """A handler for `support.upstream.Upstream`: forms below /v1, tokens at /token.

    `now` is its clock, `largest_page` the most responses that it gives at once, `known` whether it still knows the key.
    """

    def __init__(self, *forms: FakeForm) -> None:
        self.forms = {form.form_id: form for form in forms}
        self.now = NOW
        self.largest_page = 5_000
        self.known = True
        self.tokens: dict[str, tuple[datetime, frozenset[str]]] = {}

    def credentials(self, url: str) -> str:
        """The key file of the account, whose tokens are to be had at a server."""
        pem = new_key("google").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return json.dumps(
            {
                "type": "service_account",
                "project_id": "planted-project",
                "private_key_id": "planted-key-id",
                "private_key": pem,
                "client_email": EMAIL,
                "client_id": "1180000000000000000",
                "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                "token_uri": f"{url}/token",
                "universe_domain": "googleapis.com",
            },
            indent=2,
        )

    def __call__(self, request: Request) -> Answer:
        if request.path == "/token":
            return self._token(request)
        breaches = DISCOVERY.request_breaches(request)
        assert breaches == []
        ends, scopes = self.tokens.get(request.headers["authorization"].removeprefix("Bearer "), (self.now, frozenset()))
        if ends <= self.now:
            return problem(401, "UNAUTHENTICATED")
        if not scopes & DISCOVERY.scopes(request):
            return problem(403, "PERMISSION_DENIED")
        form = self.forms.get(request.path.split("/")[3])
        if form is None:
            return problem(404, "NOT_FOUND")
        if not form.shared:
            return problem(403, "PERMISSION_DENIED")
        answer = self._page(form, request) if request.path.endswith("/responses") else form.told()
        if answer is None:
            return problem(400, "INVALID_ARGUMENT")
        assert DISCOVERY.answer_breaches(request, answer) == []
        return Answer.json(DISCOVERY.selected(request, answer))

    def _token(self, request: Request) -> Answer:
        """By RFC 7523 and Google's rules: signed by the account for this endpoint, for this minute, for an hour at most."""
        form = parse_qs(request.body.decode())
        token_uri = f"http://{request.headers['host']}/token"
        try:
            # The clock is this one, not that of the machine.
            said = jwt.decode(
                form["assertion"][0],
                new_key("google").public_key(),
                algorithms=["RS256"],
                audience=token_uri,
                issuer=EMAIL,
                options={"require": ["iat", "exp", "iss", "aud", "scope"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return Answer.json({"error": "invalid_grant", "error_description": "Planted: Invalid JWT Signature."}, 400)
        timely = said["iat"] <= self.now.timestamp() < said["exp"] <= said["iat"] + LONGEST_PROOF.total_seconds()
        if not self.known or not timely or form["grant_type"] != [GRANT]:
            return Answer.json({"error": "invalid_grant", "error_description": "Planted: short-lived token"}, 400)
        token = f"ya29.planted{next(_numbers):04d}{'x' * 60}..."
        self.tokens[token] = self.now + LIFETIME, frozenset(said["scope"].split())
        return Answer.json({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _page(self, form: FakeForm, request: Request) -> Json | None:
        """Responses since the moment that is asked for; None where a page is asked for with another filter than the first."""
        (wanted,) = request.query.get("filter", ["timestamp > 1970-01-01T00:00:00Z"])
        asked = MOMENT.fullmatch(wanted)
        (token,) = request.query.get("pageToken", [f"{wanted} from 0"])
        if asked is None or not token.startswith(f"{wanted} from "):
            return None
        since = datetime.fromisoformat(asked[2])
        found = [
            one
            for one in form.responses
            if (moment := datetime.fromisoformat(one["lastSubmittedTime"])) > since or (moment == since and asked[1] == ">=")
        ]
        start = int(token.rpartition(" ")[2])
        end = start + min(int(request.query["pageSize"][0]) or 5_000, self.largest_page)
        page: Json = {"responses": found[start:end]} if found else {}
        return {**page, "nextPageToken": f"{wanted} from {end}"} if end < len(found) else page


def problem(code: int, status: str) -> Answer:
    """What Google answers where something is wrong."""
    return Answer.json({"error": {"code": code, "message": "Planted message", "status": status}}, code)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.123456789Z" if moment.microsecond else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
