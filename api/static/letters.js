// The letter being edited is drawn again a moment after the last key: its button does the same.
(() => {
  "use strict";

  const PAUSE = 700;
  let waiting = 0;

  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element && event.target.closest("form");
    const button = form && form.querySelector("[data-live-preview]");
    if (!button) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => form.requestSubmit(button), PAUSE);
  });
})();
