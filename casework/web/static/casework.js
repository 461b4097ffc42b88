// Everything works without this file. With it: GOV.UK components wake up, and the screen can be hidden at once.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

const curtain = document.querySelector(".cw-curtain");
const title = document.title;
let pressed = 0;

function hide() {
  if (!curtain) return;
  curtain.hidden = false;
  document.body.classList.add("cw-hidden-screen");
  document.title = "casework";
  curtain.querySelector("button").focus();
}

function show() {
  curtain.hidden = true;
  document.body.classList.remove("cw-hidden-screen");
  document.title = title;
}

document.querySelectorAll("[data-hide-screen]").forEach((button) => button.addEventListener("click", hide));
if (curtain) {
  curtain.querySelector("button").addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const now = Date.now();
    if (now - pressed < 600) hide();
    pressed = now;
  });
}

document.querySelectorAll("[data-tick-all]").forEach((box) => {
  box.closest(".govuk-form-group, .cw-needs-js").classList.remove("cw-needs-js");
  box.addEventListener("change", () => {
    document.querySelectorAll(`input[name="${box.dataset.tickAll}"]`).forEach((one) => { one.checked = box.checked; });
  });
});

// What is written is kept as a draft now and then, so that a long interruption loses nothing. Files are not kept.
document.querySelectorAll("form[data-draft]").forEach((form) => {
  const says = form.querySelector("[data-draft-says]");
  let waiting;
  const keep = async () => {
    const sent = new FormData(form);
    form.querySelectorAll("input[type=file]").forEach((input) => sent.delete(input.name));
    sent.set("keep", "quietly");
    const answer = await fetch(form.action, { method: "POST", body: sent }).catch(() => undefined);
    says.textContent = answer && answer.status === 204 ? "A draft is kept, for you alone." : "This draft could not be kept. Copy what you wrote before you leave.";
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 4000);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
});

// A run of letters that is under way goes on by itself, page after page, until it ends or is stopped.
document.querySelectorAll("form[data-goes-on]").forEach((form) => {
  setTimeout(() => form.requestSubmit(), 1500);
});
