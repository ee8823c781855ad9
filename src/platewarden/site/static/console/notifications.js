// The system's own notifications, for somebody who looks at another window. They say a number, never a plate.
import { onlyHere } from "./only-here.js";

const WORDS = { high: "High-priority alert", normal: "Alert", low: "Low-priority alert" };

export function notificationState() {
  return window.Notification ? Notification.permission : "unsupported";
}

export async function allowNotifications() {
  if (notificationState() === "default") await Notification.requestPermission();
  return notificationState();
}

export function notify({ number, priority, href }) {
  if (notificationState() !== "granted" || document.visibilityState === "visible") return;
  onlyHere(`notification-${number}`, () => {
    const text = { body: "Unverified. Open it in the console.", tag: `platewarden-${number}` };
    const shown = new Notification(`${WORDS[priority] ?? WORDS.normal} ${number}`, text);
    shown.addEventListener("click", () => {
      window.focus();
      if (href) location.assign(href);
      shown.close();
    });
  });
}
