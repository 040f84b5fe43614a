"""GitHub's published schema."""

import gzip
from functools import cache
from pathlib import Path

from graphql import GraphQLSchema, build_schema

__all__ = ["schema"]

FILE = Path(__file__).parents[2] / "fixtures" / "github" / "schema.graphql.gz"


@cache
def schema() -> GraphQLSchema:
    """The schema, built once. The published file breaks rules of its own language, so it is taken as it is."""
    text = gzip.decompress(FILE.read_bytes()).decode()
    return build_schema(text, assume_valid=True, assume_valid_sdl=True)
