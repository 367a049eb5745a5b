"""Take the pictures of the HTML report that stand in docs/, of fixtures/my-api and of a change to it.

.venv/bin/python scripts/screenshots.py        needs Debian's Chromium, which it installs when it runs as root
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from selenium import webdriver  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.select import Select  # noqa: E402

from tests.support.chromium import open_chromium, prefer_scheme  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 250_000


def main() -> None:
    """Build the sample twice, and take a picture of each page."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_chromium(1280, 800) as browser:
        project = shutil.copytree(ROOT / "fixtures" / "my-api", Path(folder) / "my-api")
        build(project)
        lbundle(project, "report", "--format", "html", "--output", "report.html")
        prefer_scheme(browser, "light")
        show(browser, project / "report.html", "createUser")
        save(browser, "report-light.png")
        prefer_scheme(browser, "dark")
        show(browser, project / "report.html", "dailyReport")
        explain(browser, "pandas/core/frame")
        save(browser, "report-dark.png")
        (project / ".lbundle").rename(project.parent / "before")
        change(project)
        build(project)
        lbundle(project, "diff", "../before", ".lbundle", "--format", "html", "--output", "diff.html")
        prefer_scheme(browser, "light")
        show(browser, project / "diff.html", "processPayment")
        save(browser, "diff.png")


def change(project: Path) -> None:
    """Make a function import one package more, and leave another out."""
    handler = project / "handlers" / "payments.py"
    handler.write_text(f"{handler.read_text()}\nimport PIL.Image\n")
    settings = project / "serverless.yml"
    settings.write_text(settings.read_text().replace("  lbundle:\n", "  lbundle:\n    exclude-modules: [dns]\n", 1))


def build(project: Path) -> None:
    """Build what the page is to show."""
    lbundle(project, "build")


def lbundle(project: Path, *arguments: str) -> None:
    """Run a command that has to end well."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "bundler", *arguments], cwd=project, env=environment, check=True)


def show(browser: webdriver.Chrome, page: Path, function: str) -> None:
    """Open a page at one of its functions."""
    browser.get(page.as_uri())
    Select(browser.find_element(By.ID, "function")).select_by_visible_text(function)


def explain(browser: webdriver.Chrome, path: str) -> None:
    """Find a file and select it."""
    query = browser.find_element(By.ID, "query")
    query.send_keys(path, Keys.ENTER)


def save(browser: webdriver.Chrome, name: str) -> None:
    """Write a picture, which has to be small enough to be cloned by everybody."""
    path = PICTURES / name
    browser.save_screenshot(str(path))
    size_bytes = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size_bytes:,} bytes")
    if size_bytes > MOST_BYTES:
        sys.exit(f"{name} is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main()
