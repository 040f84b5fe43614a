"""Downloads: totals by window, and groups by platform, channel and version."""

from exporter.sources.telemetry.figures import downloads
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def test_installations_by_window_platform_channel_and_version(store: Store) -> None:
    rows = [
        (ago(hours=1), "ann", "macos", "website", "1.1.0"),
        (ago(days=2), "bob", "linux", "github", "1.1.0"),
        (ago(days=2), "bob", "linux", "github", "1.1.0"),
        (ago(days=7), "cat", "linux", "website", "1.0.0.1"),
        (ago(days=8), "dan", "linux", "reddit", "1.0.0.1"),
        (NOW, "eve", "linux", "reddit", "1.0.0.1"),
    ]
    names = ("timestamp", "user_id", "platform", "channel", "version")
    store.insert("downloads", [dict(zip(names, row, strict=True)) for row in rows])
    assert figures(store, downloads.samples) == {
        "downloads{24h}": 1,
        "downloads{7d}": 4,
        "downloads{28d}": 5,
        "downloads{30d}": 5,
        "platform_downloads{linux,7d}": 3,
        "platform_downloads{macos,7d}": 1,
        "channel_downloads{github,7d}": 2,
        "channel_downloads{website,7d}": 2,
        "version_downloads{1.0.0.1,7d}": 1,
        "version_downloads{1.1.0,7d}": 3,
    }


def test_known_channels_are_told_when_nobody_came_by_them(store: Store) -> None:
    told = figures(store, downloads.samples, known={"channel": ["reddit", "twitter"]}, min_group=5)
    assert told == {
        **{f"downloads{{{window}}}": 0 for window in ("24h", "7d", "28d", "30d")},
        "channel_downloads{reddit,7d}": 0,
        "channel_downloads{twitter,7d}": 0,
    }
