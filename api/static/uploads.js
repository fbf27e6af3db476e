// Files handed in: dropped or chosen, they leave at once, and a bar says how far they are.
(() => {
  "use strict";

  const zoneOf = (event) =>
    event.target instanceof Element ? event.target.closest("[data-drop]") : null;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      const zone = zoneOf(event);
      if (!zone || !carriesFiles(event)) return;
      event.preventDefault();
      zone.classList.add("drop-over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("drop-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone || !carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("drop-over");
    zone.querySelector("input").files = event.dataTransfer.files;
    zone.closest("form").requestSubmit();
  });

  document.addEventListener("change", (event) => {
    const zone = zoneOf(event);
    if (zone && event.target.files?.length) zone.closest("form").requestSubmit();
  });

  // The bubbling turn: app.js has already refused a second sending of the same form.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.querySelector("[data-drop]")) return;
    event.preventDefault();
    send(form);
  });

  function send(form) {
    const bar = form.querySelector("[data-progress]");
    const say = (text) => { bar.querySelector("[data-progress-text]").textContent = text; };
    const request = new XMLHttpRequest();
    const data = new FormData(form);
    form.querySelector("input[type=file]").disabled = true;
    bar.hidden = false;
    say("Envoi…");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const done = Math.floor((event.loaded / event.total) * 100);
      bar.querySelector("progress").value = done;
      say(done < 100 ? `${done} %` : "Vérification…");
    });
    request.addEventListener("load", () => show(form, request));
    request.addEventListener("error", () => {
      say("L’envoi n’a pas abouti. Vérifiez la connexion, puis choisissez de nouveau les fichiers.");
      again(form);
    });
    request.open("POST", form.action);
    request.send(data);
  }

  function again(form) {
    delete form.dataset.sent;
    const input = form.querySelector("input[type=file]");
    input.disabled = false;
    input.value = "";
    input.focus();
  }

  // The answer is a whole page: its content takes the place of this one's, where one was reading.
  function show(form, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const content = page.getElementById("contenu");
    if (!content) {
      location.reload();
      return;
    }
    const piece = form.closest(".piece")?.id;
    const here = document.getElementById("contenu");
    here.replaceWith(content);
    window.htmx?.process(content);
    const place = piece && document.getElementById(piece);
    const next = place?.querySelector(".piece-refused") ? place.querySelector("input[type=file]")
      : place?.querySelector(".piece-judgement button, .piece-judgement summary");
    (next ?? content).focus({ preventScroll: Boolean(place) });
  }
})();
