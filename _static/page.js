// The widget manager queues labels for MathJax 2; the page has MathJax 3.
document.addEventListener("DOMContentLoaded", () => {
  const mathjax = (window.MathJax = window.MathJax || {});
  mathjax.Hub = {
    Queue: ([, , element]) => {
      if (mathjax.typesetPromise && /\$|\\\(/.test(element.textContent)) mathjax.typesetPromise([element]);
    },
  };
});

// Sliders say their name and the value that they show; a new picture's sentence is read out.
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

window.addEventListener("load", () => {
  const name_all = () => {
    document.querySelectorAll(".escapelab-control .widget-slider").forEach(name_slider);
    document.querySelectorAll(".escapelab-picture").forEach((picture) => picture.setAttribute("aria-live", "polite"));
  };
  if (!document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]')) return;
  new MutationObserver(name_all).observe(document.querySelector("main") || document.body, { childList: true, subtree: true });
  name_all();
});
