// Runs before the first paint, so that a page in the dark never flashes white. Everything else is in theme.js.
(() => {
  try {
    const theme = localStorage.getItem("platewarden-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // storage is blocked: the system's preference holds
  }
})();
