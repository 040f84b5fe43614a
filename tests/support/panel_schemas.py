"""What the panels of Grafana 12 take as options, as far as dashboards here use them: a key or word that is not named is an error.

Only what is needed is named; whoever uses another option adds it here after looking at what Grafana knows.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["CUSTOM", "DEFAULTS", "OPTIONS", "PROPERTIES", "TRANSFORMATIONS", "either", "of"]

Schema = Mapping[str, Any]

YES_NO: Schema = {"type": "boolean"}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
WHOLE: Schema = {"type": "integer", "minimum": 0}


def of(needed: str = "", **keys: Schema) -> Schema:
    """A mapping with these keys at most; `needed` names those that it must have."""
    return {"type": "object", "properties": keys, "required": needed.split(), "additionalProperties": False}


def either(*words: object) -> Schema:
    """One of these words."""
    return {"enum": list(words)}


def listed(of_: Schema) -> Schema:
    return {"type": "array", "items": of_}


def mapped(to: Schema) -> Schema:
    """A mapping from any name."""
    return {"type": "object", "additionalProperties": to}


REDUCERS = listed(either("lastNotNull", "last", "mean", "min", "max", "sum", "count"))
LEGEND = of(
    "showLegend",
    calcs=REDUCERS,
    displayMode=either("list", "table", "hidden"),
    placement=either("bottom", "right"),
    showLegend=YES_NO,
    sortBy=TEXT,
    sortDesc=YES_NO,
    width=NUMBER,
)
TOOLTIP = of("mode", mode=either("single", "multi", "none"), sort=either("asc", "desc", "none"), hideZeros=YES_NO)
VALUES = {
    "reduceOptions": of("calcs", calcs=REDUCERS, fields=TEXT, limit=WHOLE, values=YES_NO),
    "orientation": either("auto", "vertical", "horizontal"),
    "text": of(titleSize=NUMBER, valueSize=NUMBER, percentSize=NUMBER),
}
SORTED = listed(of("displayName", displayName=TEXT, desc=YES_NO))

OPTIONS: Mapping[str, Schema] = {
    "bargauge": of(
        "reduceOptions orientation displayMode",
        **VALUES,
        displayMode=either("basic", "lcd", "gradient"),
        legend=LEGEND,
        maxVizHeight=WHOLE,
        minVizHeight=WHOLE,
        minVizWidth=WHOLE,
        namePlacement=either("auto", "top", "left", "hidden"),
        showUnfilled=YES_NO,
        sizing=either("auto", "manual"),
        valueMode=either("color", "text", "hidden"),
    ),
    "dashlist": of(
        "tags",
        includeVars=YES_NO,
        keepTime=YES_NO,
        maxItems=WHOLE,
        query=TEXT,
        showFolderNames=YES_NO,
        showHeadings=YES_NO,
        showRecentlyViewed=YES_NO,
        showSearch=YES_NO,
        showStarred=YES_NO,
        tags=listed(TEXT),
    ),
    "stat": of(
        "reduceOptions orientation colorMode graphMode textMode",
        **VALUES,
        colorMode=either("value", "background", "background_solid", "none"),
        graphMode=either("none", "line", "area"),
        justifyMode=either("auto", "center"),
        percentChangeColorMode=either("standard", "inverted", "same_as_value"),
        showPercentChange=YES_NO,
        textMode=either("auto", "value", "value_and_name", "name", "none"),
        wideLayout=YES_NO,
    ),
    "state-timeline": of(
        "legend showValue",
        alignValue=either("center", "left", "right"),
        legend=LEGEND,
        mergeValues=YES_NO,
        perPage={"type": "integer", "minimum": 1},
        rowHeight={"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        showValue=either("auto", "never", "always"),
        tooltip=TOOLTIP,
    ),
    "table": of(
        "showHeader",
        cellHeight=either("sm", "md", "lg", "auto"),
        enablePagination=YES_NO,
        frozenColumns=of(left=WHOLE),
        maxRowHeight=NUMBER,
        showHeader=YES_NO,
        sortBy=SORTED,
    ),
    "text": of("content mode", content=TEXT, mode=either("markdown")),
    "timeseries": of("legend tooltip", legend=LEGEND, tooltip=TOOLTIP),
}
"""The options of each type of panel."""

THRESHOLDS = of(
    "mode steps",
    mode=either("absolute", "percentage"),
    steps={
        "type": "array",
        "items": of("color value", color=TEXT, value={"type": ["number", "null"]}),
        "prefixItems": [of("color value", color=TEXT, value={"type": "null"})],
        "minItems": 1,
    },
)
COLOUR = {
    "oneOf": [
        of("mode fixedColor", mode=either("fixed", "shades"), fixedColor=TEXT),
        of("mode", mode=either("thresholds", "palette-classic", "palette-classic-by-name", "continuous-blues")),
    ]
}
RESULT = of(color=TEXT, index=WHOLE, text=TEXT)
BOUND: Schema = {"type": ["number", "null"]}
MAPPINGS = listed(
    {
        "oneOf": [
            of("type options", type=either("value"), options=mapped(RESULT)),
            of("type options", type=either("range"), options=of("result from to", result=RESULT, **{"from": BOUND}, to=BOUND)),
            of(
                "type options",
                type=either("special"),
                options=of("match result", match=either("true", "false", "null", "nan", "null+nan", "empty"), result=RESULT),
            ),
            of("type options", type=either("regex"), options=of("pattern result", pattern=TEXT, result=RESULT)),
        ]
    }
)
LINKS = listed(of("title url", title=TEXT, url=TEXT, targetBlank=YES_NO, oneClick=YES_NO))
FIELD: Mapping[str, Schema] = {
    "color": COLOUR,
    "decimals": WHOLE,
    "displayName": TEXT,
    "links": LINKS,
    "mappings": MAPPINGS,
    "max": NUMBER,
    "min": NUMBER,
    "noValue": TEXT,
    "thresholds": THRESHOLDS,
    "unit": TEXT,
}

LINE = of("fill", dash=listed(NUMBER), fill=either("solid", "dash", "dot", "square"))
GRAPH: Mapping[str, Schema] = {
    "axisBorderShow": YES_NO,
    "axisGridShow": YES_NO,
    "axisLabel": TEXT,
    "axisPlacement": either("auto", "left", "right", "hidden"),
    "axisSoftMax": NUMBER,
    "axisSoftMin": NUMBER,
    "axisWidth": NUMBER,
    "barAlignment": either(-1, 0, 1),
    "barWidthFactor": NUMBER,
    "drawStyle": either("line", "bars", "points"),
    "fillBelowTo": TEXT,
    "fillOpacity": {"type": "integer", "minimum": 0, "maximum": 100},
    "gradientMode": either("none", "opacity", "hue", "scheme"),
    "hideFrom": of("legend tooltip viz", legend=YES_NO, tooltip=YES_NO, viz=YES_NO),
    "lineInterpolation": either("linear", "smooth", "stepBefore", "stepAfter"),
    "lineStyle": LINE,
    "lineWidth": {"type": "integer", "minimum": 0, "maximum": 10},
    "pointSize": NUMBER,
    "showPoints": either("auto", "never", "always"),
    "spanNulls": {"type": ["boolean", "number"]},
    "stacking": of("mode", group=TEXT, mode=either("none", "normal", "percent")),
    "thresholdsStyle": of("mode", mode=either("off", "line", "dashed", "area", "line+area", "dashed+area")),
}
CELLS = {
    "oneOf": [
        of("type", type=either("auto", "color-text")),
        of("type", type=either("color-background"), applyToRow=YES_NO, mode=either("basic", "gradient")),
        of(
            "type",
            type=either("gauge"),
            mode=either("basic", "gradient", "lcd"),
            valueDisplayMode=either("color", "text", "hidden"),
        ),
        of("type", type=either("sparkline"), hideValue=YES_NO, **GRAPH),
    ]
}
CUSTOM: Mapping[str, Mapping[str, Schema]] = {
    "bargauge": {},
    "stat": {},
    "state-timeline": {name: GRAPH[name] for name in ("axisPlacement", "fillOpacity", "hideFrom", "lineWidth")},
    "table": {
        "align": either("auto", "left", "right", "center"),
        "cellOptions": CELLS,
        "filterable": YES_NO,
        # Its name until Grafana 12, which reads it too.
        "hidden": YES_NO,
        "minWidth": NUMBER,
        "width": NUMBER,
        "wrapText": YES_NO,
    },
    "timeseries": GRAPH,
}
"""What a type of panel knows of a field beside what all know."""

DEFAULTS: Mapping[str, Schema] = {kind: of("noValue", **FIELD, custom=of(**own)) for kind, own in CUSTOM.items()}
"""How a type of panel shows its fields."""
PROPERTIES: Mapping[str, Schema] = {
    kind: {
        "oneOf": [
            of("id value", id=either(name), value=schema)
            for name, schema in (*FIELD.items(), *((f"custom.{name}", schema) for name, schema in own.items()))
        ]
    }
    for kind, own in CUSTOM.items()
}
"""What an override may say in a type of panel."""

MATCHER = of("id options", id=TEXT, options={})
TRANSFORMATIONS: Mapping[str, Schema] = {
    "configFromData": of(
        "configRefId mappings",
        applyTo=MATCHER,
        configRefId=TEXT,
        mappings=listed(of("fieldName handlerKey", fieldName=TEXT, handlerKey=either("unit"), reducerId=either("lastNotNull"))),
    ),
    "convertFieldType": of(
        "conversions",
        conversions=listed(
            of("targetField destinationType", targetField=TEXT, destinationType=either("number", "string", "time"))
        ),
        fields=mapped({}),
    ),
    "filterByValue": of(
        "filters type match",
        filters=listed(of("fieldName config", fieldName=TEXT, config=MATCHER)),
        match=either("all", "any"),
        type=either("include", "exclude"),
    ),
    "filterFieldsByName": of("include", include=of("names", names=listed(TEXT))),
    "groupingToMatrix": of(
        "columnField rowField valueField",
        columnField=TEXT,
        emptyValue=either("null", "empty", "zero"),
        rowField=TEXT,
        valueField=TEXT,
    ),
    "joinByField": of("byField mode", byField=TEXT, mode=either("outer", "inner", "outerTabular")),
    "organize": of("renameByName", excludeByName=mapped(YES_NO), indexByName=mapped(WHOLE), renameByName=mapped(TEXT)),
    "renameByRegex": of("regex renamePattern", regex=TEXT, renamePattern=TEXT),
    "sortBy": of("sort", fields=mapped({}), sort=listed(of("field", desc=YES_NO, field=TEXT))),
    "timeSeriesTable": mapped(of(inlineStat=YES_NO, stat=either("lastNotNull"), timeField=TEXT)),
}
"""What each transformation takes, by its id."""
