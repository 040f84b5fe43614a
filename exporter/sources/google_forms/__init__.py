"""Google Forms: surveys, read as a service account that forms are shared with. What people wrote stays where it is read.

config     which forms are read, and how the questions of each are called
account    the service account: its key, its tokens
service    what Google is asked
form       what a form says of its questions
questions  which of them are read, and how
responses  from a response to numbers, options and themes
doctor     whether the account and the forms fit the configuration
source     the source as the rest of the project sees it
"""

from exporter.sources.google_forms.config import GoogleFormsConfig
from exporter.sources.google_forms.source import GoogleForms

__all__ = ["SOURCE", "GoogleForms", "GoogleFormsConfig"]

SOURCE = GoogleForms
