// Comforts of the member's page: réserves are asked for before they are owed; typing is not undone.
(() => {
  "use strict";

  // A choice that owes a text opens its field instead of being refused for want of it.
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-asks]") : null;
    if (!button) return;
    const field = document.getElementById(button.dataset.asks);
    if (!field || field.value.trim()) return;
    event.preventDefault();
    field.closest("details").open = true;
    field.focus();
  });

  // The page looks again every few seconds, but not while something is being written on it.
  const writing = () =>
    [...document.querySelectorAll("#seance textarea, #seance input:not([type=hidden]), #presence select")].some(
      (field) => field === document.activeElement || field.value !== (field.defaultValue ?? field.value),
    );
  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement } = event.detail.ctx;
    if (sourceElement.matches(".look") && (document.hidden || writing())) event.preventDefault();
  });

  // Pages of a note are turned by the arrows too.
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (way) document.querySelector(`.turning a[rel=${way}]`)?.click();
  });
})();
