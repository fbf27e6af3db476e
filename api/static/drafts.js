// What is typed in a long form is kept every few seconds; colleagues know that somebody is at it.
(() => {
  "use strict";

  const KEPT_EVERY_MS = 5000;
  const TOLD_EVERY_MS = 15000;
  const REFUSED = {
    413: "Ce texte est trop long pour être gardé en brouillon\u00a0: enregistrez-le.",
    0: "Brouillon non gardé\u00a0: la connexion est coupée.",
  };
  const LOST = "Brouillon non gardé\u00a0: copiez votre texte, puis rechargez la page.";

  // What each form held at first and last sent, its timer, its request under way.
  const states = new WeakMap();
  function stateOf(form) {
    if (!states.has(form)) {
      const first = written(form);
      states.set(form, { first, sent: first, timer: 0, closed: false });
    }
    return states.get(form);
  }

  function written(form) {
    const pairs = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") pairs.append(name, value);
    }
    return pairs.toString();
  }

  function tell(form, text, failed = false) {
    const place = form.querySelector("[data-draft-state]");
    if (!place) return;
    place.textContent = text;
    place.classList.toggle("draft-failed", failed);
  }

  function tellPresents(text) {
    const place = document.querySelector("[data-presence]");
    if (place && place.textContent !== text) place.textContent = text;
  }

  async function post(url, body, options = {}) {
    return fetch(url, {
      method: "POST", body: new URLSearchParams(body), redirect: "manual", ...options,
    });
  }

  async function keep(form, options = {}) {
    const state = stateOf(form);
    clearTimeout(state.timer);
    state.timer = 0;
    const body = written(form);
    if (state.closed || body === state.sent || !form.isConnected) return;
    state.sent = body;
    state.request = new AbortController();
    try {
      const answer = await post(form.dataset.draft, body, { signal: state.request.signal, ...options });
      if (!answer.ok) {
        tell(form, REFUSED[answer.status] ?? LOST, true);
        return;
      }
      const { brouillon, presents } = await answer.json();
      tell(form, brouillon);
      tellPresents(presents);
    } catch (fault) {
      if (fault.name === "AbortError") return;
      state.sent = "";  // tried again at the next key
      tell(form, REFUSED[0], true);
    }
  }

  function touched(event) {
    const form = event.target instanceof Element && event.target.closest("form[data-draft]");
    if (!form) return;
    const state = stateOf(form);
    state.closed = false;
    state.timer ||= setTimeout(() => keep(form), KEPT_EVERY_MS);
  }

  function drafted() {
    return [...document.querySelectorAll("form[data-draft]")];
  }

  // A sheet is open for editing by being shown; an action's form, once something is typed in it.
  function isAtWork(form) {
    return form.closest(".sheet") || written(form) !== stateOf(form).first;
  }

  async function tellPresence() {
    const place = document.querySelector("[data-presence]");
    if (!place?.dataset.token || document.hidden || !drafted().some(isAtWork)) return;
    try {
      const answer = await post(place.dataset.presence, { csrf_token: place.dataset.token });
      if (answer.ok) tellPresents((await answer.json()).presents);
    } catch {
      // Told again a little later.
    }
  }

  // The state before anything is typed is what later ones are compared with.
  function begin() {
    drafted().forEach(stateOf);
    tellPresence();
  }

  document.addEventListener("input", touched);
  document.addEventListener("change", touched);
  document.addEventListener("submit", (event) => {
    const state = states.get(event.target);
    if (!state) return;
    clearTimeout(state.timer);
    state.timer = 0;
    state.closed = true;
    state.request?.abort();
  }, true);
  // A page put aside or about to close keeps at once what it holds.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    for (const form of drafted()) keep(form, { keepalive: true });
  });
  document.addEventListener("DOMContentLoaded", begin);
  document.addEventListener("htmx:after:swap", begin);
  setInterval(tellPresence, TOLD_EVERY_MS);
})();
