// Keeps "2 minutes ago" true on a page that stays open for a shift.
const UNITS = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

function inWords(seconds) {
  for (const [size, name] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count) return `${count} ${name}${count === 1 ? "" : "s"} ago`;
  }
  return "now";
}

function renew() {
  for (const age of document.querySelectorAll("[data-age]")) {
    const text = inWords((Date.now() - Date.parse(age.dataset.age)) / 1000);
    if (age.textContent !== text) age.textContent = text;
  }
}

setInterval(renew, 5000);
