"""What type a pydantic model expects at a place of its data."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator, WrapValidator
from pydantic.fields import FieldInfo

__all__ = ["annotation_at", "bare", "converts", "field_keys", "fields_of", "inside", "metadata", "nests"]


def annotation_at(model: type[BaseModel], where: Iterable[str | int]) -> Any:
    """The type that a model expects at a location of its data, or None where that cannot be told."""
    kind: Any = model
    for step in where:
        kind = inside(kind, step)
    return bare(kind)


@cache
def fields_of(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields of a model by the key that a file uses for them."""
    return MappingProxyType({field.alias or name: field for name, field in model.model_fields.items()})


def field_keys(model: type[BaseModel]) -> Iterable[str]:
    """The keys that a mapping may have which is read into a model."""
    return fields_of(model)


def inside(kind: Any, step: str | int) -> Any:
    """The type of what stands under a key or at an index of a value of this type, with all it is annotated with."""
    kind = bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = fields_of(kind).get(str(step))
        if field is None:
            return None
        return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    args = get_args(kind)
    if isinstance(step, str):
        return args[1] if len(args) == 2 and get_origin(kind) in (dict, Mapping) else None
    if len(args) == 2 and args[1] is Ellipsis:
        return args[0]
    if get_origin(kind) is tuple:
        return args[step] if step < len(args) else None
    return args[0] if len(args) == 1 else None


def bare(kind: Any) -> Any:
    """A type without Annotated and without `| None`."""
    while True:
        origin = get_origin(kind)
        if origin is Annotated:
            kind = get_args(kind)[0]
        elif origin in (Union, UnionType):
            rest = [arg for arg in get_args(kind) if arg is not type(None)]
            if len(rest) != 1:
                return kind
            kind = rest[0]
        else:
            return kind


def metadata(kind: Any) -> tuple[Any, ...]:
    """All that a type is annotated with, outside and inside of `| None`."""
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *own = get_args(kind)
        return (*own, *metadata(inner))
    if origin in (Union, UnionType):
        return tuple(note for arg in get_args(kind) for note in metadata(arg))
    return ()


def nests(kind: Any) -> bool:
    """Whether a value of this type is a mapping or a list."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return True
    return get_origin(kind) in (dict, Mapping, list, tuple, set, frozenset)


def converts(kind: Any) -> bool:
    """Whether a type reads something else than itself: a function is put before its own validation."""
    return any(isinstance(note, BeforeValidator | PlainValidator | WrapValidator) for note in metadata(kind))
