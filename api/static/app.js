// Comforts on top of pages that work without any script.
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.replace("no-js", "js");

  const YEAR = 31536000;
  const PREFERENCE = "raccourcis";
  const dark = { auto: "screen and (prefers-color-scheme: dark)", clair: "not all", sombre: "screen" };

  const closest = (event, selector) =>
    event.target instanceof Element ? event.target.closest(selector) : null;
  const typing = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName));
  const shortcutsOn = () => localStorage.getItem(PREFERENCE) !== "non";

  // --- Appearance: a cookie, so that the server draws the next page right at once.
  function chooseTheme(theme) {
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
    root.dataset.theme = theme;
    document.getElementById("dark").media = dark[theme];
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    }
  }

  // --- What a click does, by the attribute of what was clicked.
  function reveal(button) {
    const field = document.getElementById(button.dataset.reveals);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", shown ? "Masquer le mot de passe" : "Afficher le mot de passe");
  }

  function fill(button) {
    const form = document.getElementById(button.dataset.fills);
    form.querySelector("[type=email]").value = button.dataset.email;
    form.querySelector(".secret input").value = button.dataset.password;
    form.querySelector("button:not([type=button])").focus();
  }

  function pick(link, event) {
    event.preventDefault();
    for (const other of link.parentElement.children) {
      other.removeAttribute("aria-current");
    }
    link.setAttribute("aria-current", "true");
    for (const column of document.querySelectorAll("[data-column]")) {
      const chosen = column.getAttribute("aria-labelledby") === link.dataset.picks;
      column.classList.toggle("column-selected", chosen);
    }
    history.replaceState(history.state, "", link.href);
  }

  const clicks = {
    "[data-theme-choice]": (button) => chooseTheme(button.dataset.themeChoice),
    "[data-opens]": (button) => {
      button.closest("[data-menu]")?.removeAttribute("open");
      document.getElementById(button.dataset.opens).showModal();
    },
    "[data-closes]": (button) => {
      const details = button.closest("details");
      details.open = false;
      details.querySelector("summary").focus();
    },
    "[data-reveals]": reveal,
    "[data-fills]": fill,
    "[data-picks]": pick,
    "[data-prints]": () => window.print(),
    "[data-dismisses]": (button) => button.parentElement.remove(),
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(clicks)) {
      const element = closest(event, selector);
      if (element) act(element, event);
    }
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // --- One click, one request. A page restored by « back » is usable again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "true";
    event.submitter?.setAttribute("aria-busy", "true");
  }, true);

  function ready(scope) {
    for (const form of scope.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of scope.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
  window.addEventListener("pageshow", () => ready(document));

  const isRefresh = (ctx) => Boolean(ctx?.sourceElement?.matches("[data-polls]"));

  // --- htmx: filters leave no empty pair in the address; a failure falls back on a whole page.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (!sourceElement.matches("[data-filters]")) return;
    for (const [name, value] of [...request.body]) {
      if (value === "") request.body.delete(name);
    }
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    // What refreshes by itself never takes the place of a form on its way.
    if (isRefresh(ctx) && document.querySelector("form[data-sent]")) {
      event.preventDefault();
      return;
    }
    if (ctx.response.status < 400 || ctx.response.status === 422 || ctx.response.status === 409) return;
    if (ctx.request.method !== "GET") return;
    event.preventDefault();
    location.assign(ctx.request.action);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (!isRefresh(event.detail.ctx)) ready(document);
  });

  // A part redrawn under the keyboard (a sheet opened or closed) has it at its first control.
  function keepKeyboardIn(selector) {
    if (!selector || document.activeElement !== document.body) return;
    const region = document.querySelector(selector);
    region?.querySelector("input:not([type=hidden]), select, textarea, a[href], button")?.focus();
  }

  // A page redrawn in place takes the address it was sent to, and keeps the keyboard inside it.
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    // What refreshes by itself takes neither the keyboard nor the messages.
    if (isRefresh(ctx)) return;
    const answer = ctx.response?.raw;
    if (ctx.select !== "#contenu" || !answer) {
      document.querySelector(".flashes")?.replaceChildren();
      keepKeyboardIn(ctx.select);
      return;
    }
    if (answer.redirected) history.replaceState(history.state, "", answer.url);
    if (document.activeElement === document.body) {
      document.getElementById("contenu")?.focus({ preventScroll: true });
    }
  });

  // --- Filters without htmx's help (a field changed before it was ready): send the form.
  document.addEventListener("change", (event) => {
    const form = closest(event, "[data-filters]");
    if (form && !window.htmx) form.requestSubmit();
  });

  // --- The keyboard. Single keys can be turned off; none works while typing.
  const arrows = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

  function moveOnBoard(key, event) {
    const card = closest(event, "[data-card]");
    if (!card) return false;
    const columns = [...document.querySelectorAll("[data-column]")].map((column) =>
      [...column.querySelectorAll("[data-card]")]);
    const from = columns.findIndex((cards) => cards.includes(card));
    const [across, down] = arrows[key];
    let next = columns[from][columns[from].indexOf(card) + down];
    if (across) {
      let to = from + across;
      while (columns[to] && !columns[to].length) to += across;
      next = columns[to]?.[Math.min(columns[from].indexOf(card), columns[to].length - 1)];
    }
    next?.focus();
    return Boolean(next);
  }

  function press(key) {
    if (key === "?") {
      document.getElementById("raccourcis")?.showModal();
      return true;
    }
    const link = document.querySelector(`[data-shortcut="${CSS.escape(key)}"]`)
      ?? (/^[1-9]$/.test(key) ? document.querySelectorAll(".nav a")[Number(key) - 1] : null);
    link?.click();
    return Boolean(link);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("[data-menu][open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key in arrows ? moveOnBoard(event.key, event) : shortcutsOn() && press(event.key)) {
      event.preventDefault();
    }
  });

  function showShortcuts() {
    root.classList.toggle("shortcuts-off", !shortcutsOn());
    const box = document.querySelector("[data-shortcuts-switch]");
    if (!box) return;
    box.checked = shortcutsOn();
    box.addEventListener("change", () => {
      localStorage.setItem(PREFERENCE, box.checked ? "oui" : "non");
      root.classList.toggle("shortcuts-off", !box.checked);
    });
  }

  // --- What the address points at is opened: an action, a form folded away.
  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const details = target && target.closest("details");
    if (details) details.open = true;
  }

  // --- What scrolls sideways shows what is present in it; a diagram, at least its first stage.
  function centre() {
    for (const strip of document.querySelectorAll(".stage-picker, .diagram-wrap, .tabs")) {
      const shown = strip.querySelector("[aria-current], .box-present") ?? strip.querySelector(".box");
      if (!shown) continue;
      const [inside, around] = [shown.getBoundingClientRect(), strip.getBoundingClientRect()];
      strip.scrollLeft += inside.left + inside.width / 2 - around.left - around.width / 2;
    }
  }

  // --- A button that is good for a few seconds goes away with them; the keyboard stays on the page.
  function expire() {
    for (const button of document.querySelectorAll("[data-expires-in]:not([data-timed])")) {
      button.dataset.timed = "true";
      setTimeout(() => {
        const held = button.contains(document.activeElement);
        if (button.dataset.sent) return;
        button.remove();
        if (held) document.getElementById("contenu")?.focus({ preventScroll: true });
      }, Number(button.dataset.expiresIn) * 1000);
    }
  }
  document.addEventListener("htmx:after:swap", expire);

  document.addEventListener("DOMContentLoaded", () => {
    centre();
    showShortcuts();
    openTarget();
    expire();
  });
  window.addEventListener("hashchange", openTarget);
})();
