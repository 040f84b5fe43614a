"""survey_csv: surveys of any tool that exports its responses as CSV. What people wrote stays where it is read.

config     which files are read, and how
table      header and rows, with their lines
columns    which columns hold the answers to a question
moments    the many ways of writing a time
responses  from rows to responses, every bad row named and the others kept
doctor     what fits and what does not
source     the adapter
"""

from exporter.sources.survey_csv.source import SurveyCsv

__all__ = ["SOURCE"]

SOURCE = SurveyCsv
