// The start of a shift: arms the sound, lets people hear what alerts sound like, and asks for notifications.
import { allowNotifications, notificationState } from "../console/notifications.js";
import { arm, isAudible, play } from "../console/sound.js";

const words = document.querySelector("[data-sound-words]");
const notificationWords = document.querySelector("[data-notification-words]");
const allow = document.querySelector("[data-allow-notifications]");
const NOTIFICATIONS = {
  granted: "Allowed: shown while you look at another window.",
  denied: "Blocked in this browser's settings.",
  default: "They show a number, never a plate.",
  unsupported: "This browser has none.",
};

function render() {
  const text = isAudible() ? "Armed: you will hear alerts." : "Not armed: you will not hear alerts.";
  if (words.textContent !== text) words.textContent = text;
  const state = notificationState();
  notificationWords.textContent = NOTIFICATIONS[state];
  allow.hidden = state !== "default";
}

for (const part of document.querySelectorAll("[data-needs-scripts]")) part.hidden = false;
for (const button of document.querySelectorAll("[data-try-sound]")) {
  button.addEventListener("click", async () => {
    if (!isAudible()) await arm(false);
    setTimeout(() => play(button.dataset.trySound), 100);
  });
}
document.querySelector("[data-arms-sound]").addEventListener("click", () => arm(true));
allow.addEventListener("click", async () => {
  await allowNotifications();
  render();
});
setInterval(render, 500);
render();
