// Light, dark, or as the system prefers.
import { show } from "./icons.js";
import { recall, remember } from "./memory.js";

const THEMES = ["auto", "light", "dark"];
const LABELS = { auto: "Auto", light: "Day", dark: "Night" };

export function watchTheme() {
  const button = document.querySelector("[data-theme-switch]");
  if (!button) return;
  let theme = THEMES.includes(recall("theme")) ? recall("theme") : "auto";
  const apply = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    show(button, { icon: `theme-${theme}`, label: LABELS[theme] });
    button.title = `Colours: ${LABELS[theme].toLowerCase()}. Click to change.`;
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    remember("theme", theme === "auto" ? null : theme);
    apply();
  });
  apply();
}
