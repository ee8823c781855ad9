// Asks before a button with data-confirm does its work.
export function watchConfirmations() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-confirm]");
    if (!button || button.dataset.confirmed) return;
    event.preventDefault();
    ask(button);
  });
}

function ask(button) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", "Please confirm");
  const text = Object.assign(document.createElement("p"), { textContent: button.dataset.confirm });
  const actions = Object.assign(document.createElement("form"), { method: "dialog", className: "actions" });
  actions.append(choice("yes", button.textContent.trim(), "button-primary"), choice("no", "Cancel", ""));
  const body = Object.assign(document.createElement("div"), { className: "panel-body" });
  body.append(text, actions);
  dialog.append(body);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    button.focus();
    if (dialog.returnValue === "yes") proceed(button);
  });
  dialog.showModal();
}

function choice(value, textContent, kind) {
  return Object.assign(document.createElement("button"), { value, textContent, className: `button ${kind}` });
}

function proceed(button) {
  button.dataset.confirmed = "yes";
  button.click();
  delete button.dataset.confirmed;
}
