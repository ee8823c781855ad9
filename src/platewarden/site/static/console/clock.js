// Times as the rest of the page has them: on the agency's clock, not on the machine's.
export function clock(at, form = "medium") {
  const timeZone = document.body.dataset.timeZone || undefined;
  return new Date(at).toLocaleTimeString("en-GB", { timeZone, timeStyle: form });
}
