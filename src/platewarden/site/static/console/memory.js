// What this browser remembers; when storage is blocked, only as long as the page is open.
const fallback = new Map();

export function recall(name) {
  try {
    return localStorage.getItem(`platewarden-${name}`);
  } catch {
    return fallback.get(name) ?? null;
  }
}

export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`platewarden-${name}`);
    else localStorage.setItem(`platewarden-${name}`, value);
  } catch {
    fallback.set(name, value);
  }
}
