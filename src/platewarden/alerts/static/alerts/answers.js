// Answering an alert without the mouse: a digit answers the first open question, m says that everything matches,
// Enter records. Nothing is ever recorded by a single key.
import { recall } from "../console/memory.js";

const form = document.querySelector("form[data-answers]");
document.querySelector("form[data-first-look] input:not([type=hidden])")?.focus();
const questions = form ? [...form.querySelectorAll("fieldset")] : [];
const choices = (question) => [...question.querySelectorAll("input[type=radio]")];
const open = () => questions.find((question) => !choices(question).some((choice) => choice.checked));

function isTyping(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

// Where one goes on after an answer: the next question, else what still has to be typed, else the button.
function goOn() {
  const question = open();
  if (question) return void choices(question)[0].focus();
  const needed = form.querySelector("input[value=not_possible]:checked")
    ? form.elements.status_reason
    : form.querySelector("input:is([value=stop], [value=arrest], [value=recovery]):checked") && form.elements.case_number;
  (needed || form.querySelector("[type=submit]")).focus();
}

function answer(question, place) {
  const choice = question && choices(question)[place - 1];
  if (!choice) return false;
  choice.checked = true;
  goOn();
  return true;
}

// The question that has the focus can be answered anew; otherwise the first open one is meant.
function asked() {
  return questions.find((question) => question.contains(document.activeElement)) ?? open();
}

function matchAll() {
  if (!form.elements.characters) return false;
  for (const question of questions) choices(question)[0].checked = true;
  goOn();
  return true;
}

function press({ key }) {
  if (key === "a") return press.take();
  if (!form) return false;
  if (/^[1-9]$/.test(key)) return answer(asked(), Number(key));
  return key === "m" && matchAll();
}

press.take = () => {
  const button = document.querySelector("[data-take]");
  button?.focus();
  return Boolean(button);
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (recall("shortcuts") === "off" || document.querySelector("dialog[open]")) return;
  if (press(event)) event.preventDefault();
});

for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = recall("shortcuts") === "off";
