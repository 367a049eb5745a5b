"""Text that a package opens may name files beside it, to be opened in turn: `@import constants_en.txt`.

Evidence: Pint 0.26 reads constants_en.txt as default_en.txt says (line 123).
Not caught: metadata of distributions, large text, and names of what lies elsewhere.
"""

from collections.abc import Iterator

from bundler.model.wheels import SiteFile
from bundler.trace.demand import Demand, FileRule, FilesDemand
from bundler.trace.facts.scan import TEXT_ENDINGS
from bundler.trace.view import View

_LARGEST_BYTES = 1_000_000
_METADATA = (".dist-info", ".egg-info")


def _wants(file: SiteFile) -> bool:
    is_text = not file.is_own and file.path.endswith(TEXT_ENDINGS) and file.size_bytes <= _LARGEST_BYTES
    return is_text and not file.path.rpartition("/")[0].endswith(_METADATA)


def _visit(view: View, file: SiteFile) -> Iterator[Demand]:
    folder, _, name = file.path.rpartition("/")
    paths = (f"{folder}/{other}" for other in view.store.named_files(file) if other != name)
    yield FilesDemand([view.site.files[path] for path in paths if path in view.site.files], 0, name)


RULE = FileRule("data.text", _wants, _visit)
