// Exchanges the icon and the label of a tool in the bar.
export function show(tool, { icon, label, state }) {
  tool.querySelector("use").setAttribute("href", `${document.body.dataset.icons}#${icon}`);
  tool.querySelector(".tool-label").textContent = label;
  if (state) tool.dataset.state = state;
}
