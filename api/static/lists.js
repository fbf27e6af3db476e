// The list: what is ticked is kept from page to page, in this tab, until it has served.
(() => {
  "use strict";

  const PREFIX = "choix:";
  const read = (key) => {
    try {
      return new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
    } catch {
      return new Set();
    }
  };
  const number = new Intl.NumberFormat("fr-FR");
  const counted = (count) => `${number.format(count)} dossier${count > 1 ? "s" : ""}`;

  function set(scope) {
    const form = scope.querySelector("[data-choosing]");
    if (!form || form.dataset.ready) return;
    form.dataset.ready = "true";
    const key = PREFIX + form.dataset.choosing;
    const boxes = [...document.querySelectorAll(`input[name=dossier][form=${CSS.escape(form.id)}]`)];
    const whole = document.querySelector("[data-choosing-page]");
    const chosen = read(key);
    const told = form.querySelector("[data-choosing-count]");
    const rest = told.textContent;
    const act = form.querySelector("[data-choosing-act]");
    const none = form.querySelector("[data-choosing-none]");

    function show() {
      const here = boxes.filter((box) => box.checked).length;
      const elsewhere = chosen.size - here;
      const most = Number(form.dataset.most);
      form.querySelector("[data-choosing-others]").value = [...chosen].join(",");
      told.textContent = !chosen.size ? rest
        : `${counted(chosen.size)} choisi${chosen.size > 1 ? "s" : ""}`
          + (elsewhere ? `, dont ${number.format(elsewhere)} sur d’autres pages` : "")
          + (chosen.size > most ? ` : ${number.format(most)} au plus à la fois` : "");
      act.disabled = !chosen.size || chosen.size > most;
      none.hidden = !chosen.size;
      if (whole) {
        whole.checked = here === boxes.length && here > 0;
        whole.indeterminate = here > 0 && here < boxes.length;
      }
      sessionStorage.setItem(key, JSON.stringify([...chosen]));
    }

    function tick(box, wanted) {
      box.checked = wanted;
      if (wanted) chosen.add(box.value);
      else chosen.delete(box.value);
    }

    for (const box of boxes) {
      box.checked = chosen.has(box.value);
      box.addEventListener("change", () => { tick(box, box.checked); show(); });
    }
    whole?.addEventListener("change", () => {
      for (const box of boxes) tick(box, whole.checked);
      show();
    });
    none.addEventListener("click", () => {
      chosen.clear();
      for (const box of boxes) box.checked = false;
      show();
      boxes[0]?.focus();
    });
    show();
  }

  // What was chosen has become a lot: the list starts afresh.
  function forget() {
    if (!document.querySelector("[data-choosing-served]")) return;
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  }

  // A lot at work goes on by itself.
  function goOn() {
    const button = document.querySelector("[data-goes-on]");
    if (button) setTimeout(() => button.form.requestSubmit(button), 200);
  }

  document.addEventListener("DOMContentLoaded", () => {
    forget();
    set(document);
    goOn();
  });
  document.addEventListener("htmx:after:swap", () => set(document));
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    const form = document.querySelector("[data-choosing]");
    if (form) location.reload();
  });
})();
