// Predict questions without a kernel: choose, commit, then see. A question is a list whose items begin with a bold letter,
// in the section "Predict" or in an exercise; its answer is the next folded box that begins with the right letter in bold.
// What was chosen is kept in this browser and sent nowhere. Without JavaScript the list and the folded box remain.
(() => {
  const LETTER = /^\s*([A-Z])\.\s*$/;
  const letter = (element) => LETTER.exec(element?.querySelector("strong")?.textContent || "")?.[1];
  const key = (name) => `prediction ${location.pathname.split("/").slice(-2).join("/")} ${name}`;
  const kept = (name) => { try { return localStorage.getItem(key(name)); } catch { return null; } };
  const keep = (name, value) => {
    try { value ? localStorage.setItem(key(name), value) : localStorage.removeItem(key(name)); } catch { /* private window */ }
  };
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  const ask = (list, answer, name, question) => {
    const items = [...list.children], right = letter(answer);
    const form = make("form", { class: "prediction" });
    const fieldset = make("fieldset", {}, make("legend", {}, question));
    for (const item of items) {
      const radio = make("input", { type: "radio", name: `prediction-${name}`, value: letter(item), required: "" });
      const text = make("span");
      const only = item.children.length === 1 && item.firstElementChild.tagName === "P" ? item.firstElementChild : item;
      text.append(...only.childNodes);
      fieldset.append(make("label", {}, radio, text));
    }
    const commit = make("button", { type: "submit" }, "Commit");
    const again = make("button", { type: "button", hidden: "" }, "Start over");
    const status = make("p", { role: "status", class: "prediction-status" });
    form.append(fieldset, commit, again, status);
    list.replaceWith(form);

    const show = (chosen) => {
      fieldset.disabled = Boolean(chosen);
      commit.hidden = Boolean(chosen);
      again.hidden = !chosen;
      answer.hidden = !chosen;
      for (const label of fieldset.querySelectorAll("label")) {
        const own = label.querySelector("input").value;
        label.classList.toggle("right", Boolean(chosen) && own === right);
        if (chosen) label.querySelector("input").checked = own === chosen;
      }
      if (!chosen) { form.reset(); status.textContent = ""; return; }
      const verdict = chosen === right ? "That is right." : `The answer is ${right}.`;
      status.textContent = `You chose ${chosen}. ${verdict} The reason stands below.`;
      answer.open = true;
      if (answer.classList.contains("toggle-hidden")) answer.querySelector("button.toggle-button")?.click();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = new FormData(form).get(`prediction-${name}`);
      if (!chosen) return;
      keep(name, chosen);
      show(chosen);
      again.focus();
    });
    again.addEventListener("click", () => {
      keep(name, null);
      show(null);
      fieldset.querySelector("input").focus();
    });
    show(items.some((_, place) => fieldset.querySelectorAll("input")[place].value === kept(name)) ? kept(name) : null);
  };

  const letters = (list) => list.children.length > 1 && [...list.children].every(letter);
  // After load: the theme's script that folds boxes has run.
  window.addEventListener("load", () => {
    const main = document.querySelector("main") || document.body;
    const answers = [...main.querySelectorAll(".admonition.predicted, .admonition.solution")];
    for (const list of [...main.querySelectorAll("section#predict ul, .admonition.exercise ul")].filter(letters)) {
      const exercise = list.closest(".exercise");
      const later = (box) => list.compareDocumentPosition(box) & Node.DOCUMENT_POSITION_FOLLOWING;
      const answer = answers.find((box) => later(box) && box.classList.contains(exercise ? "solution" : "predicted"));
      if (!answer || !letter(answer)) continue;
      ask(list, answer, exercise ? exercise.id : "predict", exercise ? "Your choice" : "What do you predict?");
    }
  });
})();
