/** Key presses as text: "ctrl+z", "shift+arrowleft", "k". */

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

const NAMES: Record<string, string> = { " ": "space" };

/** A key press as the table writes it. "?" and "," come as letters, whatever Shift they need. */
export function combination(event: Press): string {
  const key = NAMES[event.key] ?? event.key.toLowerCase();
  const letter = /^[a-z]$/.test(key) || key.length > 1;
  return [event.ctrlKey || event.metaKey ? "ctrl+" : "", event.altKey ? "alt+" : "", event.shiftKey && letter ? "shift+" : "", key].join("");
}

const HELD = /^(control|shift|alt|altgraph|meta|os|super|hyper|fn|fnlock|capslock|numlock|scrolllock)$/i;

/** Whether only a key is held that means something together with another one. */
export const isHeldOnly = ({ key }: Pick<KeyboardEvent, "key">): boolean => HELD.test(key);

/** Whether an input method or a dead key has taken the press: the page is not told which key it was. */
export const isUnheard = ({ key }: Pick<KeyboardEvent, "key">): boolean => /^(process|dead|unidentified|compose)$/i.test(key);
