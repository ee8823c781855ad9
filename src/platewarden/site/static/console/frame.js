// Keeps the height of the frame at hand, so that table heads stop below it; closes the person's menu.
export function watchFrame() {
  const frame = document.querySelector("[data-frame]");
  if (!frame) return;
  const root = document.documentElement;
  const measure = () => root.style.setProperty("--frame-height", `${frame.offsetHeight}px`);
  new ResizeObserver(measure).observe(frame);
  const menu = frame.querySelector("details.person");
  document.addEventListener("click", (event) => {
    if (menu?.open && !menu.contains(event.target)) menu.open = false;
  });
  menu?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  for (const back of document.querySelectorAll("[data-back]")) back.addEventListener("click", () => history.back());
}
