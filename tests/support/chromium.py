"""Debian's Chromium without a window, driven by Selenium; installed by `apt-get` where it is missing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium import webdriver

from tests.support.debian import find_programs

_PACKAGES = ("chromium", "chromium-driver", "fonts-dejavu-core")
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # root may not run Chromium's own, and the page is ours
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)


@contextmanager
def open_chromium(width: int = 1280, height: int = 800) -> Iterator[webdriver.Chrome]:
    """Give a browser whose page is that large, with logs of its console and of what it asks the network for."""
    chromium, driver = _find_programs()
    options = webdriver.ChromeOptions()
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield browser
    finally:
        browser.quit()


def prefer_scheme(browser: webdriver.Chrome, scheme: str) -> None:
    """Set what `prefers-color-scheme` answers: `light` or `dark`."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def requested_urls(browser: webdriver.Chrome) -> list[str]:
    """Return all that was asked for since the last call, beside data that stands in the page."""
    events: list[dict[str, Any]] = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith("data:")]


def console_messages(browser: webdriver.Chrome) -> list[str]:
    """Return what the console was told since the last call."""
    return [entry["message"] for entry in browser.get_log("browser")]


def count_work(browser: webdriver.Chrome) -> None:
    """Count anew how long the processor works for the page, whatever else the machine has to do."""
    browser.execute_cdp_cmd("Performance.disable", {})
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})


def worked_seconds(browser: webdriver.Chrome) -> float:
    """Return how long the processor has worked for the page since `count_work`."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


def _find_programs() -> tuple[str, str]:
    chromium, driver = find_programs(("chromium", "chromedriver"), packages=_PACKAGES)
    return chromium, driver
