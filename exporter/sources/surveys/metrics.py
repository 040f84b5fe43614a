"""The metrics of surveys, the same for every source of answers.

`window` is `quarter`, the calendar quarter (UTC) that goes on, or `90d`, the last 90 days. A figure of fewer answers than
`min_group` is not exported.
"""

from exporter.facts import Metric

__all__ = ["METRICS"]

RESPONSES = Metric("survey_responses", "Completed responses in the window.", "count", ("survey", "window"))
LAST_RESPONSE = Metric(
    "survey_last_response_timestamp_seconds", "When the newest completed response was sent.", "timestamp", ("survey",)
)
INVITATIONS = Metric(
    "survey_invitations", "People invited in the window, as the configuration says.", "count", ("survey", "window")
)
RESPONSE_RATIO = Metric(
    "survey_response_ratio",
    "Completed responses in the window divided by the people invited in it.",
    "ratio",
    ("survey", "window"),
)
CHANNEL_RESPONSE_RATIO = Metric(
    "survey_channel_response_ratio",
    "Completed responses in the window divided by the people invited in it, by channel of the invitation.",
    "ratio",
    ("survey", "channel", "window"),
)
ANSWERS = Metric("survey_answers", "Responses in the window that answer the question.", "count", ("survey", "question", "window"))
NPS = Metric(
    "survey_nps",
    "Net promoter score: the share of 9 and 10 minus the share of 0 to 6, times 100.",
    "score_-100_100",
    ("survey", "question", "window"),
)
NPS_SHARE = Metric(
    "survey_nps_share_ratio",
    "Share of promoters (9 and 10), passives (7 and 8) or detractors (0 to 6).",
    "ratio",
    ("survey", "question", "group", "window"),
)
NPS_BOUND = Metric(
    "survey_nps_bound",
    "Lower or upper bound of the 95 % confidence interval of the net promoter score.",
    "score_-100_100",
    ("survey", "question", "bound", "window"),
)
MEAN = Metric(
    "survey_mean",
    "Mean of the numbers answered, on the scale of the question or in the unit it is brought to.",
    "any",
    ("survey", "question", "window"),
)
CSAT = Metric(
    "survey_csat_ratio", "Share of ratings that count as satisfied: 4 and 5 of 5.", "ratio", ("survey", "question", "window")
)
POSITIVE = Metric(
    "survey_positive_ratio",
    "Share of answers with an option that counts as a yes, of those that do not ignore the question.",
    "ratio",
    ("survey", "question", "window"),
)
OPTION_ANSWERS = Metric(
    "survey_option_answers",
    "Responses in the window with the option, or with the rating, that the label names.",
    "count",
    ("survey", "question", "option", "window"),
)
OPTION_SHARE = Metric(
    "survey_option_ratio",
    "Share of the responses that answer the question with the option, or with the rating, that the label names.",
    "ratio",
    ("survey", "question", "option", "window"),
)
THEME_ANSWERS = Metric(
    "survey_theme_answers",
    "Free texts of the window in which a word of the theme stands.",
    "count",
    ("survey", "question", "theme", "window"),
)
SEGMENT_RESPONSES = Metric(
    "survey_segment_responses",
    "Completed responses in the window, by segment of the respondents.",
    "count",
    ("survey", "dimension", "segment", "window"),
)
SEGMENT_NPS = Metric(
    "survey_segment_nps",
    "Net promoter score by segment of the respondents.",
    "score_-100_100",
    ("survey", "question", "dimension", "segment", "window"),
)
SEGMENT_MEAN = Metric(
    "survey_segment_mean",
    "Mean of the numbers answered, by segment of the respondents.",
    "any",
    ("survey", "question", "dimension", "segment", "window"),
)
NPS_SPREAD = Metric(
    "survey_nps_spread",
    "Net promoter score of the best segment minus that of the worst.",
    "any",
    ("survey", "question", "dimension", "window"),
)

METRICS = (
    RESPONSES,
    LAST_RESPONSE,
    INVITATIONS,
    RESPONSE_RATIO,
    CHANNEL_RESPONSE_RATIO,
    ANSWERS,
    NPS,
    NPS_SHARE,
    NPS_BOUND,
    MEAN,
    CSAT,
    POSITIVE,
    OPTION_ANSWERS,
    OPTION_SHARE,
    THEME_ANSWERS,
    SEGMENT_RESPONSES,
    SEGMENT_NPS,
    SEGMENT_MEAN,
    NPS_SPREAD,
)
"""What every source of survey answers declares."""
