"""The HTML page in a browser: what it shows, explains and finds, by mouse and by keyboard."""

import random
import re

import pytest
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from bundler.commands.page_parts import read_page_parts
from bundler.report import compare_sizes, measure_sizes, render_changes_html, render_report_html
from tests.support.chromium import (
    console_messages,
    count_work,
    open_chromium,
    prefer_scheme,
    requested_urls,
    worked_seconds,
)
from tests.support.metafiles import make_report

pytestmark = [pytest.mark.network, pytest.mark.slow]

MANY_FILES = 20_000
MOST_SECONDS = 2


def make_file(path, size, source="", **options):
    """Return a metafile's entry; what has no source is the handler."""
    line, name = options.get("line", 0), options.get("name", "")
    kind, through = options.get("kind", "bytecode"), options.get("through", "")
    cause = {"kind": "import" if source else "handler", "source": source, "line": line, "name": name}
    owner = path.split("/")[0] if "/" in path else ""
    origin = path.removesuffix("c") if path.endswith(".pyc") else path
    sizes = {"size": size * 3, "zipped": size}
    return {"path": path, **sizes, "owner": owner, "kind": kind, "origin": origin, "cause": cause, "through": through}


def make_metafile(function, files, **parts):
    packages = {}
    for file in files:
        count, size, zipped = packages.get(file["owner"], (0, 0, 0))
        packages[file["owner"]] = (count + 1, size + file["size"], zipped + file["zipped"])
    zipped, size = sum(file["zipped"] for file in files), sum(file["size"] for file in files)
    zip_ = {"bytes": zipped + 100, "unzipped_bytes": size, "overhead_bytes": 100}
    return make_report(function, 0, 0, packages, files=files, zip=zip_, **{"service": "shop", **parts})


SMALL = [
    make_file("app.py", 5_000, name="app.handle", kind="source"),
    make_file("pkg/__init__.pyc", 40_000, "app.py", line=3, name="pkg", through="app.py"),
    make_file("pkg/deep/core.pyc", 90_000, "pkg/__init__.py", line=7, name="pkg.deep.core", through="pkg/__init__.py"),
    make_file("pkg/deep/fast.so", 60_000, "pkg/deep/core.py", line=9, through="pkg/deep/core.py", kind="native"),
    make_file("other/__init__.pyc", 30_000, "app.py", line=4, name="other", through="app.py"),
]
GROWN = [
    *({**file, "zipped": 95_000} if file["path"] == "pkg/deep/core.pyc" else file for file in SMALL[:4]),
    make_file("fresh/__init__.pyc", 70_000, "app.py", line=5, name="fresh", through="app.py"),
]


@pytest.fixture(scope="module")
def chromium():
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def browser(chromium):
    """A browser whose console stays empty, and which asks for nothing but the page."""
    prefer_scheme(chromium, "light")
    requested_urls(chromium)
    console_messages(chromium)
    yield chromium
    assert console_messages(chromium) == []
    assert [url for url in requested_urls(chromium) if not url.startswith("file://")] == []


@pytest.fixture
def show(browser, tmp_path):
    """Open a page in the browser."""

    def run(page):
        path = tmp_path / "page.html"
        path.write_text(page, encoding="utf-8")
        browser.get(path.as_uri())
        assert requested_urls(browser) == [path.as_uri()]

    return run


@pytest.fixture
def small(show):
    """A report of two small functions is open."""
    metafiles = [make_metafile("first", SMALL), make_metafile("second", SMALL[:2])]
    show(render_report_html(metafiles, read_page_parts()))


@pytest.fixture
def compared(show):
    """A comparison is open."""
    grown = make_metafile("first", GROWN, settings={"bytecode": "beside"})
    before, after = (
        (measure_sizes([metafile]), {"first": metafile}) for metafile in (make_metafile("first", SMALL), grown)
    )
    changes = compare_sizes(before[0], after[0])
    show(render_changes_html(changes, before, after, read_page_parts(), names=("old", "new")))


def many_files():
    """Return the files of a large bundle: 100 packages, in folders, each led to by the one before it."""
    sizes = random.Random(5)
    files = [make_file("app.py", 1000, name="app.handle", kind="source")]
    for number in range(MANY_FILES - 1):
        package, folder = f"package{number % 100}", f"part{number // 100 % 20}"
        source = files[max(0, number - 99)]["origin"]
        size = int(sizes.paretovariate(1.1) * 300)
        files.append(
            make_file(f"{package}/{folder}/module{number}.pyc", size, source, line=number % 400, through=source)
        )
    return files


def heading(browser):
    return [found.text for found in browser.find_elements(By.CSS_SELECTOR, "#panel h2")]


def crumbs(browser):
    return [found.text for found in browser.find_elements(By.CSS_SELECTOR, "#crumbs button")]


def chain(browser):
    return [" ".join(step.text.split()) for step in browser.find_elements(By.CSS_SELECTOR, "#panel .why li")]


def going(browser):
    return browser.find_element(By.CSS_SELECTOR, "#panel .goes").text


def colours(browser):
    """Return the share of the canvas that each colour covers, those above one in a hundred."""
    return browser.execute_script("""
        const canvas = document.getElementById("canvas"), counts = {};
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
            const hex = "#" + [0, 1, 2].map((i) => data[at + i].toString(16).padStart(2, "0")).join("");
            counts[hex] = (counts[hex] || 0) + 400 / data.length;
        }
        return Object.fromEntries(Object.entries(counts).filter(([, share]) => share > 1));
    """)


def press(browser, *keys):
    browser.find_element(By.ID, "canvas").send_keys(*keys)


def search(browser, text):
    box = browser.find_element(By.ID, "query")
    box.clear()
    box.send_keys(text)


def click_map(browser, across, down):
    """Click the map at a share of its width and height, once the pointer's tip has told what is there."""
    canvas = browser.find_element(By.ID, "canvas")
    x, y = ((share - 0.5) * canvas.size[side] for share, side in ((across, "width"), (down, "height")))
    ActionChains(browser).move_to_element_with_offset(canvas, int(x), int(y)).perform()
    tip = browser.find_element(By.ID, "tip").text
    ActionChains(browser).click().perform()
    return tip


@pytest.mark.usefixtures("small")
def test_tiles_have_the_colours_of_their_kinds(browser):
    """Bytecode, native code and source cover the map by their zipped bytes, less what folders' names take."""
    shares = colours(browser)

    bytecode, native, source = (shares.get(colour, 0) for colour in ("#4477aa", "#cc6677", "#66aa55"))
    assert bytecode > native > source > 0.5
    assert 50 < bytecode < 72
    assert 18 < native < 27


@pytest.mark.usefixtures("small")
def test_click_explains_a_file(browser):
    """A click on a file tells the chain from the settings to it, with lines and kinds, and what hangs on it."""
    tip = click_map(browser, 0.15, 0.6)

    assert tip == "pkg/deep/core.pyc · 90.0 kB"
    assert heading(browser) == ["pkg/deep/core.pyc"]
    assert chain(browser) == [
        "settings handler app.handle → app.py",
        "app.py:3 import → pkg/__init__.py",
        "pkg/__init__.py:7 import → pkg/deep/core.py",
    ]
    assert going(browser) == (
        "1 other file, 60.0 kB zipped: every chain from the handler to it passes through this file."
    )


@pytest.mark.usefixtures("small")
def test_keys_go_in_and_out(browser):
    """Arrows move between tiles, Enter goes into a folder, Escape out of it; all of it is spoken."""
    press(browser, Keys.ARROW_DOWN)
    package = heading(browser)
    press(browser, Keys.ENTER)
    inside = crumbs(browser), heading(browser)
    press(browser, Keys.ARROW_RIGHT)
    neighbour = heading(browser)
    press(browser, Keys.ESCAPE)

    assert package == ["pkg 1.0"]
    assert inside == (["first", "pkg"], ["pkg/deep"])
    assert neighbour == ["pkg/__init__.pyc"]
    assert (crumbs(browser), heading(browser)) == (["first"], ["pkg 1.0"])
    assert browser.find_element(By.ID, "spoken").get_attribute("textContent") == "pkg, 190.0 kB"


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("by", ["key", "click"])
def test_tip_does_not_stay_behind(browser, by):
    """What the pointer names is shown beside it until a key or a click shows something else."""
    canvas, tip = browser.find_element(By.ID, "canvas"), browser.find_element(By.ID, "tip")
    browser.execute_script("arguments[0].focus()", canvas)
    ActionChains(browser).move_to_element(canvas).perform()
    shown = tip.is_displayed()

    pointer = ActionChains(browser)
    (pointer.click() if by == "click" else pointer.send_keys(Keys.ARROW_DOWN)).perform()

    assert (shown, tip.is_displayed()) == (True, False)


@pytest.mark.usefixtures("small")
def test_search_finds_and_leads_there(browser):
    """All words have to be in a path; the map shows what was found alone, Enter selects the heaviest."""
    search(browser, "deep PKG")
    found, dimmed = heading(browser)[0], colours(browser)
    search(browser, "nowhere")
    nothing = heading(browser)[0]
    search(browser, f"fast{Keys.ENTER}")

    assert found == "2 files, 150.0 kB"
    assert dimmed["#4477aa"] < 50
    assert nothing == "No file has that in its path"
    assert heading(browser)[-1] == "pkg/deep/fast.so"
    assert browser.switch_to.active_element.get_attribute("id") == "canvas"


@pytest.mark.usefixtures("small")
def test_what_goes_is_shown_in_the_map(browser):
    """The files that go with one stand out on demand."""
    search(browser, f"pkg/__init__{Keys.ENTER}")
    sentence = going(browser)
    browser.find_element(By.ID, "show-going").click()

    assert sentence.startswith("2 other files, 150.0 kB zipped: ")
    assert browser.find_element(By.ID, "show-going").text == "Show all again"
    assert colours(browser)["#4477aa"] < 65


@pytest.mark.usefixtures("small")
def test_controls(browser):
    """Functions, sizes, colours and the legend can be chosen."""
    Select(browser.find_element(By.ID, "colour")).select_by_visible_text("by cause")
    by_cause = colours(browser)
    browser.find_element(By.CSS_SELECTOR, "#measure input[value=size]").click()
    legend = browser.find_element(By.ID, "legend").text
    Select(browser.find_element(By.ID, "function")).select_by_visible_text("second")

    assert max(by_cause, key=by_cause.get) == "#0072b2"
    assert legend == "runs at load 675.0 kB"
    assert heading(browser) == ["second"]
    assert crumbs(browser) == ["second"]


@pytest.mark.usefixtures("small")
def test_light_and_dark(browser):
    """The page follows the system, and a button overrides it; text stands out from the page in both."""

    def contrast():
        text, page = (
            [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
            for colour in browser.execute_script(
                "const style = getComputedStyle(document.body); return [style.color, style.backgroundColor]"
            )
        )
        light, dark = sorted((_luminance(text), _luminance(page)), reverse=True)
        return (light + 0.05) / (dark + 0.05), _luminance(page) < 0.2

    light = contrast()
    prefer_scheme(browser, "dark")
    dark = contrast()
    # The page hears of the system's change when it is next idle.
    theme = browser.find_element(By.ID, "theme")
    WebDriverWait(browser, 10).until(lambda _: theme.text == "Light")
    theme.click()

    assert (light[0] > 7, light[1]) == (True, False)
    assert (dark[0] > 7, dark[1]) == (True, True)
    assert contrast() == light


def _luminance(colour):
    red, green, blue = ((part / 12.92) if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.usefixtures("compared")
def test_comparison_colours_what_changed(browser):
    """Added, grown, removed and unchanged files differ in colour, and the panel tells the reason and what changed."""
    title = browser.find_element(By.TAG_NAME, "h1").text
    text = browser.find_element(By.ID, "legend").text
    panel = browser.find_element(By.ID, "panel").text
    shares = colours(browser)
    browser.find_element(By.ID, "only-changes").click()
    changed = colours(browser)

    assert (title, browser.title) == ("lbundle diff old → new", "lbundle diff old → new")
    assert "+0 B" not in panel
    assert [code.text for code in browser.find_elements(By.CSS_SELECTOR, "#panel .reasons code")] == ["bytecode"]
    assert "bytecode changed from default to beside" in panel
    assert text.splitlines() == ["added 70.0 kB", "grown 95.0 kB", "removed 30.0 kB", "same size 105.0 kB"]
    assert "app.py:5 now imports fresh (fresh 1.0) +70.0 kB" in panel
    assert {"#d55e00", "#eda55d", "#d3d7dd"} <= shares.keys()
    assert changed["#d55e00"] > 1.5 * shares["#d55e00"]
    assert "#d3d7dd" not in changed


@pytest.mark.usefixtures("small")
def test_sizes_in_the_map_are_whole(browser):
    """A size stands in the map with its unit or not at all, however narrow its tile is."""
    written = browser.execute_script("""
        const texts = [];
        const write = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = (text) => texts.push(text);
        for (const width of [900, 600, 400, 300, 250]) {
            document.getElementById("stage").style.width = `${width}px`;
            map.show(view.root);
        }
        CanvasRenderingContext2D.prototype.fillText = write;
        return texts;
    """)

    assert {"core.pyc", "90.0 kB"} <= set(written)
    assert [text for text in written if re.search(r"\d[\d.]*( k?)?…$", text)] == []


@pytest.mark.usefixtures("compared")
def test_comparison_explains_what_is_gone(browser):
    """A removed file has the chain that led to it before."""
    search(browser, f"other/{Keys.ENTER}")

    panel = browser.find_element(By.ID, "panel").text
    assert "Why it shipped" in panel
    assert chain(browser) == ["settings handler app.handle → app.py", "app.py:4 import → other/__init__.py"]


def test_nothing_to_compare(browser, show):
    """Without functions on either side the page says so, and no key breaks it."""
    show(render_changes_html((), ({}, {}), ({}, {}), read_page_parts(), names=("old", "new")))
    ActionChains(browser).send_keys("/", Keys.ARROW_DOWN, Keys.ENTER, Keys.ESCAPE).perform()

    assert heading(browser) == ["There are no functions on either side."]


@pytest.mark.parametrize(("is_new", "words"), [(True, "The function is new."), (False, "The function is gone.")])
def test_function_of_one_side(browser, show, is_new, words):
    """A function that only one side has is shown whole, added or removed, and its files are explained."""
    metafile = make_metafile("first", SMALL)
    known, nothing = (measure_sizes([metafile]), {"first": metafile}), ({}, {})
    before, after = (nothing, known) if is_new else (known, nothing)
    show(
        render_changes_html(compare_sizes(before[0], after[0]), before, after, read_page_parts(), names=("old", "new"))
    )
    panel = browser.find_element(By.ID, "panel").text
    legend = browser.find_element(By.ID, "legend").text
    search(browser, f"fast{Keys.ENTER}")

    assert words in panel
    assert legend == f"{'added' if is_new else 'removed'} 225.0 kB"
    assert chain(browser)[-1] == "pkg/deep/core.py:9 import → pkg/deep/fast.so"


def test_odd_names_are_text(browser, show):
    """Names that would be markup elsewhere are shown as they are, in the map's words, the panel and the title."""
    name = "</script><img src=x onerror=alert(1)>&amp; %%data%% '\".py"
    files = [make_file(f"pkg/{name}", 5_000, name="app.handle", kind="source"), SMALL[0]]
    metafile = make_metafile("<b>odd</b>", files, service="</title><script>alert(1)</script>")
    show(render_report_html([metafile], read_page_parts()))
    title, function = browser.title, heading(browser)
    search(browser, f"onerror{Keys.ENTER}")

    assert title == "lbundle report </title><script>alert(1)</script>"
    assert function == ["<b>odd</b>"]
    assert heading(browser)[-1] == f"pkg/{name}"
    assert browser.find_elements(By.CSS_SELECTOR, "img, b") == []


def test_large_bundle_is_fast(browser, show):
    """20,000 files are drawn and can be searched, zoomed and explained, all within two seconds of work in all."""
    count_work(browser)
    show(render_report_html([make_metafile("large", many_files())], read_page_parts()))

    browser.execute_script("""
        const query = document.getElementById("query"), canvas = document.getElementById("canvas");
        query.value = "module1";
        query.dispatchEvent(new Event("input"));
        for (const key of ["ArrowDown", "Enter", "ArrowDown", "Enter", "Escape", "Escape"]) {
            canvas.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }
    """)
    found = browser.find_element(By.ID, "found").text

    assert 0 < worked_seconds(browser) < MOST_SECONDS
    assert found.startswith(f"{sum('module1' in file['path'] for file in many_files()):,} files, ")
