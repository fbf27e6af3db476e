// The search that opens over any page: « / », the button, then the arrows.
(() => {
  "use strict";

  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const field = dialog.querySelector("input");
  const region = document.getElementById("palette-resultats");
  const status = dialog.querySelector("[data-palette-status]");
  const hits = () => [...region.querySelectorAll("[data-hit]")];

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest("[data-palette]");
    if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (!dialog.open) dialog.showModal();
      field.focus();
      field.select();
    } else if (event.target === dialog || event.target.closest("[data-palette-closes]")) {
      dialog.close();
    }
  });

  // Enter opens the first hit, unless what is shown answers an earlier text: then the page does.
  dialog.querySelector("form").addEventListener("submit", (event) => {
    const shown = region.querySelector("[data-found]")?.dataset.found;
    const first = hits()[0];
    if (!first || shown !== field.value.trim()) return;
    event.preventDefault();
    first.click();
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const stops = [field, ...hits()];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = stops[stops.indexOf(document.activeElement) + step];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      if (event.key !== " " && document.activeElement.matches("[data-hit]")) field.focus();
    }
  });

  new MutationObserver(() => {
    status.textContent = region.querySelector("[data-count]")?.dataset.count ?? "";
    dialog.classList.toggle("palette-filled", region.textContent.trim() !== "");
  }).observe(region, { childList: true });
  dialog.addEventListener("click", (event) => {
    // A hit of the page that is shown already only moves inside it.
    if (event.target instanceof Element && event.target.closest("[data-hit]")) dialog.close();
  });
})();
