"""Typeform: surveys, read over its Create and Responses APIs. What people wrote stays where it is read.

config     which forms are read, and how the questions of each are called
form       what a form says of its questions
questions  which of them are read, and how
answers    from an answer of a person to numbers, options and themes
page       one page of responses
service    what Typeform is asked, and at which pace
doctor     whether the token and the forms fit the configuration
source     the source as the rest of the project sees it
"""

from exporter.sources.typeform.config import TypeformConfig
from exporter.sources.typeform.source import Typeform

__all__ = ["SOURCE", "Typeform", "TypeformConfig"]

SOURCE = Typeform
