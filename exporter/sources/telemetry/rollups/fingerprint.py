"""What tells kept figures from those of another database, another configuration or another version."""

import json
from hashlib import blake2b

from sqlalchemy.engine import make_url

from exporter import __version__
from exporter.sources.telemetry.config import TelemetryConfig

__all__ = ["fingerprint"]

_WITHOUT_EFFECT = {"url", "interval", "timeout", "max_age", "min_group", "late_events", "receiver"}
"""What may change in the configuration and leave the figures of a day as they are; the address is taken apart."""
_SECRETS = ("password", "sslpassword")


def fingerprint(config: TelemetryConfig) -> bytes:
    """A hash of all that the figures of a day rest on beside the events; a new password changes nothing."""
    address = make_url(config.url.get_secret_value()).set(password="").difference_update_query(_SECRETS)
    settings = config.model_dump(mode="json", exclude=_WITHOUT_EFFECT)
    known = [__version__, address.render_as_string(hide_password=False), settings]
    return blake2b(json.dumps(known, sort_keys=True).encode("utf-8", "surrogatepass"), digest_size=16).digest()
