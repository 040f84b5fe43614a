"""The one HTTP client of all sources: retries, limits, conditional requests, and errors that give nothing away."""

from exporter.http.agent import user_agent
from exporter.http.auth import Auth
from exporter.http.cache import Cache, MemoryCache
from exporter.http.cachefile import SqliteCache
from exporter.http.client import Client, Params
from exporter.http.meter import Meter, NullMeter
from exporter.http.response import Response
from exporter.http.transport import new_session

__all__ = [
    "Auth",
    "Cache",
    "Client",
    "MemoryCache",
    "Meter",
    "NullMeter",
    "Params",
    "Response",
    "SqliteCache",
    "new_session",
    "user_agent",
]
