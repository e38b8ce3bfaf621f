"""The page for every reader: accessible to axe, read aloud, still where wanted, in the dark, on paper."""

from test_page import changed, shown
from visits import AXE, CONTROLS, PAGES, SCREENSHOTS, VIOLATIONS, each

EXCEPTIONS: dict[str, str] = {}  # axe rule -> why the theme may break it
STATUS = """([control, said]) => control.querySelector(".escapelab-status").textContent === said"""
NAMED = "([button, name]) => button.ariaLabel === name"
HUES = """() => {
  const picture = document.querySelector(".bd-article .cell_output img").cloneNode();
  const pen = new OffscreenCanvas(70, 10).getContext("2d");
  %s.forEach((colour, i) => { pen.fillStyle = colour; pen.fillRect(10 * i, 0, 10, 10); });
  pen.canvas.convertToBlob().then((blob) => {
    picture.id = "swatches";
    picture.removeAttribute("width");
    picture.onload = () => picture.classList.add("loaded");
    picture.src = URL.createObjectURL(blob);
    picture.style.borderRadius = 0;
    document.querySelector(".bd-article .cell_output").append(picture);
  });
}"""


@each(PAGES)
def test_axe_finds_nothing_serious_wide_and_narrow_in_the_light_and_in_the_dark(visit):
    assert [found for found in visit.violations if found[2] not in EXCEPTIONS] == []


def test_axe_finds_a_picture_without_words_and_grey_on_grey(open_page):
    page = open_page(PAGES[0], 1280)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    worse = '<img src="data:,"><p style="color:#999;background:#888">too pale</p>'
    page.evaluate("(html) => document.querySelector('.bd-article').insertAdjacentHTML('afterbegin', html)", worse)
    assert {found[0] for found in page.evaluate(VIOLATIONS)} == {"image-alt", "color-contrast"}


@each(CONTROLS)
def test_a_controls_new_sentence_is_a_status_that_screen_readers_say(open_page, name):
    page = open_page(name, 1280)
    for control in page.locator(".escapelab-control").all():
        before = shown(control)
        control.locator(".noUi-handle").first.press("ArrowRight")
        said = changed(page, control, before)[1]
        page.wait_for_function(STATUS, arg=[control.element_handle(), said], timeout=30_000)


@each(CONTROLS)
def test_play_is_reached_and_pressed_by_keyboard_and_says_what_it_does(open_page, name):
    page = open_page(name, 1280)
    for control in page.locator(".escapelab-control:has(.widget-play)").all():
        buttons = control.locator(".widget-play button")
        names = [button.get_attribute("aria-label") for button in buttons.all()]
        assert names == ["Play", "Stop", "Repeat"]
        before = shown(control)
        buttons.last.press("Enter")  # repeat: it plays until it is told to pause
        buttons.first.press("Enter")
        changed(page, control, before)
        assert buttons.first.get_attribute("aria-label") == "Pause"
        buttons.first.press("Enter")
        page.wait_for_function(NAMED, arg=[buttons.first.element_handle(), "Play"])


def test_the_numbers_of_a_controls_pictures_stay_open_from_one_to_the_next(open_page):
    page = open_page(CONTROLS[0], 1280)
    control = page.locator(".escapelab-control").first
    numbers = control.locator(".escapelab-numbers:visible")
    numbers.locator("summary").press("Enter")
    first = numbers.inner_text()
    before = shown(control)
    control.locator(".noUi-handle").first.press("ArrowRight")
    changed(page, control, before)
    assert numbers.get_attribute("open") is not None and numbers.inner_text() != first


@each(PAGES)
def test_every_figure_of_a_cell_has_its_numbers_and_says_them(visit):
    assert [figure for figure in visit.figures if figure[0] < 10 or not figure[1]] == []


def test_nothing_moves_by_itself_for_those_who_want_it_still(open_page):
    page = open_page(CONTROLS[0], 1280, reduced_motion="reduce")
    assert (
        page.evaluate("""() => [...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      return style.scrollBehavior === "smooth" || [style.transitionDuration, style.animationDuration]
        .some((durations) => durations.split(", ").some((seconds) => parseFloat(seconds) > 0.001));
    }).map((element) => element.className)""")
        == []
    )


@each(CONTROLS)
def test_a_finger_finds_every_control(open_page, name):
    page = open_page(name, 390, has_touch=True, is_mobile=True, reduced_motion="reduce")
    small = page.evaluate("""() => {
      const targets = ".noUi-base, .widget-play button, .escapelab-numbers summary";
      return [...document.querySelectorAll(targets)].filter((target) => target.offsetParent).filter((target) => {
        target.scrollIntoView({ block: "center" });
        const box = target.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        return box.width < 44 || ![-20, 20].every((off) => target.contains(document.elementFromPoint(x, y + off)));
      }).map((target) => target.outerHTML.slice(0, 200));
    }""")
    assert small == []


def _linear(channel: int) -> float:
    c = channel / 255
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def _luminance(colour) -> float:
    return sum(weight * _linear(channel) for weight, channel in zip((0.2126, 0.7152, 0.0722), colour, strict=True))


def test_in_the_dark_a_figures_ground_is_the_pages_and_its_colours_are_legible(open_page):
    from io import BytesIO

    from escapelab import plots
    from PIL import Image

    inks = [plots.BLACK, plots.BLUE, plots.VERMILION, plots.GREEN, plots.GREY]
    page = open_page(CONTROLS[0], 1280, color_scheme="dark")
    page.evaluate(HUES % ["#ffffff", *inks])
    page.wait_for_selector("#swatches.loaded")
    picture = Image.open(BytesIO(page.locator("#swatches").screenshot())).convert("RGB")
    colours = [picture.getpixel((round((i + 0.5) * 10), 5)) for i in range(1 + len(inks))]
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(abs(a - b) for a, b in zip(colours[0], map(int, ground[4:-1].split(",")), strict=True)) <= 4
    contrasts = [(_luminance(ink) + 0.05) / (_luminance(colours[0]) + 0.05) for ink in colours[1:]]
    assert min(contrasts) >= 3


@each(CONTROLS)
def test_a_printed_page_is_as_wide_as_the_paper_and_holds_no_buttons(open_page, name):
    page = open_page(name, 794)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    buttons = page.locator("button:visible, .noUi-base:visible, .bd-sidebar-primary:visible")
    assert [button.inner_text() for button in buttons.all()] == []
    cut = "[...document.querySelectorAll('article pre')].filter((pre) => pre.scrollWidth > pre.clientWidth + 1).length"
    assert page.evaluate(cut) == 0
    paper = page.pdf(format="A4", prefer_css_page_size=False)
    assert paper.startswith(b"%PDF")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"{name.removesuffix('.html').replace('/', '-')}.pdf").write_bytes(paper)
