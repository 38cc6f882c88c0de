"use strict";
(() => {
  const data = JSON.parse(document.getElementById("pictures").textContent);
  const root = document.getElementById("compare");
  const [before, after, heat] = ["before", "after", "heat"].map((name) => root.querySelector("." + name));
  const note = document.getElementById("note");
  const wipe = root.querySelector(".wipe");
  const chosen = (name) => root.querySelector(`input[name="${name}"]:checked`).value;
  const show = () => {
    const view = Number(chosen("view"));
    const name = chosen("delivery");
    const mode = chosen("mode");
    const delivery = data.deliveries[name];
    const shown = delivery.views[view];
    before.src = data.before[view];
    before.alt = `The scan, view ${view + 1}`;
    after.src = shown.picture;
    after.alt = `The ${name} delivery, view ${view + 1}`;
    heat.src = shown.error;
    heat.alt = `Where the ${name} delivery differs from the scan, view ${view + 1}`;
    root.classList.toggle("showing-difference", mode === "difference");
    note.textContent = shown.note;
    document.getElementById("scale").hidden = mode !== "difference";
    root.querySelectorAll(".thumbs label").forEach((label, i) => label.classList.toggle("worst", i === delivery.worst));
  };
  root.addEventListener("change", show);
  wipe.querySelector("input").addEventListener("input", (event) => {
    wipe.style.setProperty("--at", event.target.value + "%");
  });
  show();
})();
