"""A folder for the file of a survey."""

from pathlib import Path

import pytest

from support.survey_csv import SurveyFolder


@pytest.fixture
def folder(tmp_path: Path) -> SurveyFolder:
    return SurveyFolder(tmp_path)
