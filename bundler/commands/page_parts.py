"""The files that the HTML page is made of, as they lie in the installed package."""

from importlib.resources import files

_SCRIPTS = ("data.js", "treemap.js", "panel.js", "page.js")


def read_page_parts() -> dict[str, str]:
    """Return the page and what goes into it, each by its placeholder's name."""
    folder = files("bundler") / "report_page"

    def read(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    return {
        "page": read("page.html"),
        "style": read("page.css"),
        "library": read("d3-hierarchy.min.js"),
        "script": "\n".join(map(read, _SCRIPTS)),
    }
