// The widget manager queues labels for MathJax 2; the page has MathJax 3.
document.addEventListener("DOMContentLoaded", () => {
  const mathjax = (window.MathJax = window.MathJax || {});
  mathjax.Hub = {
    Queue: ([, , element]) => {
      if (mathjax.typesetPromise && /\$|\\\(/.test(element.textContent)) mathjax.typesetPromise([element]);
    },
  };
});

// Search reads the found pages for a summary; a browser forbids that to pages opened from a folder.
if (typeof DOCUMENTATION_OPTIONS === "object" && location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// Sliders say their name and the value that they show.
const name_slider = (row) => {
  const handle = row.querySelector(".noUi-handle");
  const label = row.querySelector(".widget-label");
  const readout = row.querySelector(".widget-readout");
  if (!handle || !label || !readout || handle.hasAttribute("aria-label")) return;
  const say = () => handle.setAttribute("aria-valuetext", readout.textContent);
  handle.setAttribute("aria-label", label.textContent);
  new MutationObserver(say).observe(readout, { childList: true, characterData: true, subtree: true });
  new MutationObserver(() => {
    if (handle.getAttribute("aria-valuetext") !== readout.textContent) say();
  }).observe(handle, { attributes: true, attributeFilter: ["aria-valuetext"] });
  say();
};

// Play's buttons are bare icons: they get names, and Play's changes while it plays.
const PLAY_NAMES = { "fa-play": "Play", "fa-pause": "Pause", "fa-stop": "Stop", "fa-retweet": "Repeat" };
const name_buttons = (play) => {
  const say = () =>
    play.querySelectorAll("button").forEach((button) => {
      const icon = Object.keys(PLAY_NAMES).find((name) => button.querySelector(`.${name}`));
      if (icon && button.getAttribute("aria-label") !== PLAY_NAMES[icon]) button.setAttribute("aria-label", PLAY_NAMES[icon]);
      if (icon === "fa-retweet") button.setAttribute("aria-pressed", button.classList.contains("mod-active"));
    });
  if (play.dataset.named) return;
  play.dataset.named = "yes";
  new MutationObserver(say).observe(play, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  say();
};

// A control's new sentence is read out once the picture rests; its table of numbers stays as open as the last one was.
const announce = (control) => {
  const picture = control.querySelector(".escapelab-picture");
  if (!picture || control.querySelector(":scope > .escapelab-status")) return;
  const shown = () => [...picture.querySelectorAll("figcaption")].find((caption) => caption.offsetParent)?.textContent || "";
  const status = document.createElement("p");
  status.className = "escapelab-status visually-hidden";
  status.setAttribute("role", "status");
  control.append(status);
  let before = shown(), open = false, moved = false, wait;
  const follow = () => {
    picture.querySelectorAll("figcaption[aria-live]").forEach((caption) => caption.removeAttribute("aria-live"));
    picture.querySelectorAll("details").forEach((details) => (details.open = open));
    clearTimeout(wait);
    wait = setTimeout(() => {
      if (moved && shown() !== before) status.textContent = shown();
      before = shown();
    }, 400);
  };
  for (const input of ["keydown", "pointerdown"]) control.addEventListener(input, () => (moved = true), true);
  picture.addEventListener("toggle", (event) => (open = event.target.open), true);
  new MutationObserver(follow).observe(picture, { subtree: true, childList: true });
  follow();
};

window.addEventListener("load", () => {
  if (!document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]')) return;
  const name_all = () => {
    document.querySelectorAll(".escapelab-control .widget-slider").forEach(name_slider);
    document.querySelectorAll(".escapelab-control .widget-play").forEach(name_buttons);
    document.querySelectorAll(".escapelab-control").forEach(announce);
  };
  new MutationObserver(name_all).observe(document.querySelector("main") || document.body, { childList: true, subtree: true });
  name_all();
});

// What scrolls sideways can be scrolled by keyboard; folded text is printed.
const reachable = () =>
  document.querySelectorAll(".bd-article pre, .bd-article table, .bd-article div.math, mjx-container").forEach((box) => {
    if (box.tabIndex !== 0 && box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });
window.addEventListener("DOMContentLoaded", () => {
  const article = document.querySelector(".bd-article"); // its size follows the window, the fonts and the mathematics
  if (!article) return;
  new ResizeObserver(reachable).observe(article);
  // the theme has its own idea of what scrolls, 300 ms after the window has changed
  new MutationObserver(reachable).observe(article, { attributeFilter: ["tabindex"], subtree: true });
});
window.addEventListener("resize", reachable);
window.addEventListener("beforeprint", () => document.querySelectorAll(".escapelab-numbers").forEach((details) => (details.open = true)));

// The JupyterHub button works with any hub that has nbgitpuller: the reader says which, once.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="https://hub.invalid/"]');
  if (!link) return;
  event.preventDefault();
  const given = prompt("Address of your JupyterHub (it needs nbgitpuller):", localStorage.getItem("jupyterhub") || "https://");
  const hub = given && given.trim().replace(/\/+$/, "");
  if (!hub || !/^https?:\/\/[^/]/.test(hub)) return;
  localStorage.setItem("jupyterhub", hub);
  window.open(link.href.replace("https://hub.invalid", hub), "_blank", "noopener");
});

// Names and roles in which theme and Sphinx say something else than what is seen.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".search-button-field, summary[aria-label]").forEach((named) => named.removeAttribute("aria-label"));
  document.querySelectorAll(".citation-list, [role=doc-biblioentry]").forEach((entry) => entry.removeAttribute("role"));
  const sidebar = document.getElementById("pst-primary-sidebar");
  if (sidebar) {
    sidebar.setAttribute("role", "complementary");
    sidebar.setAttribute("aria-label", "The book");
  }
});
