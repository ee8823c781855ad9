// Rows of the alert list. A row is rendered by the server, which decides again whether this person may see it.
async function fetchRow(alert) {
  const address = `${document.body.dataset.alertsUrl}rows/${encodeURIComponent(alert)}/`;
  const response = await fetch(address, { headers: { "X-Platewarden-Live": "1" } });
  if (response.redirected) return void location.replace(location.pathname);
  if (!response.ok) throw new Error(`row of alert ${alert}: ${response.status}`);
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  return template.content.firstElementChild;
}

const rowOf = (list, alert) => list.querySelector(`[data-alert="${CSS.escape(alert)}"]`);

// A page that is left open for days must not grow for ever: older lines go, and a reload shows them page by page.
const MOST_ROWS = 200;

// Puts a new alert in its place: newest on top.
export async function showRow(list, alert) {
  const row = await fetchRow(alert);
  const known = rowOf(list, alert);
  if (!row) return;
  if (known) return void replace(known, row);
  const number = Number(row.dataset.number);
  const older = [...list.children].find((other) => Number(other.dataset.number) < number);
  row.classList.add("is-new");
  list.insertBefore(row, older ?? null);
  if (list.children.length > MOST_ROWS) dropLast(list);
  document.querySelector("[data-alerts-empty]")?.setAttribute("hidden", "");
  list.closest("[hidden]")?.removeAttribute("hidden");
}

function dropLast(list) {
  const last = list.lastElementChild;
  if (!last.contains(document.activeElement)) last.remove();
  document.querySelector("[data-alerts-older]")?.removeAttribute("hidden");
}

// Renders an alert again after somebody has acknowledged, verified or disposed of it.
export async function refreshRow(list, alert) {
  const known = list && rowOf(list, alert);
  if (!known) return;
  const row = await fetchRow(alert);
  if (row) replace(known, row);
}

function replace(known, row) {
  const hadFocus = known.contains(document.activeElement);
  known.replaceWith(row);
  if (hadFocus) row.querySelector("[data-open]")?.focus();
}
