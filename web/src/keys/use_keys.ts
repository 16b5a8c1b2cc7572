/** Keys of the whole page. */

import { useLayoutEffect } from "react";
import { hand } from "../canvas/canvas";
import { play, useEditor } from "../store/editor";
import { useDialogs } from "../store/dialogs";
import { follow } from "./bindings";
import { combination } from "./combination";
import { bindingOf } from "./keymap";

const TYPING = "input, textarea, select, [contenteditable]";

/** Keys that mean something to what has the focus stay with it: a button is pressed by Space, a slider is moved. */
function belongsTo(element: Element | null, pressed: string): boolean {
  if (!element || element === document.body) return false;
  if (element.closest(TYPING)) return true;
  if (element.closest(".canvas")) return false;
  if (pressed.endsWith("tab") || pressed === "enter") return true; // the focus walks the page outside the canvas
  const pressable = element.closest("button, [role=slider], [role=separator], a");
  return pressable !== null && (pressed === "space" || (element.matches("[role=slider]") && /arrow|home|end/.test(pressed)));
}

export function useKeys(): void {
  useLayoutEffect(() => {
    const down = (event: KeyboardEvent) => {
      const pressed = combination(event);
      if (useDialogs.getState().open) return;
      const binding = bindingOf(pressed);
      if (!binding) return;
      const always = binding.always && /^(ctrl|alt)\+/.test(pressed);
      if (!always && belongsTo(document.activeElement, pressed)) return;
      // Tab on an empty canvas leaves it, so that nobody is caught there.
      if (pressed.endsWith("tab") && (!(document.activeElement?.closest(".canvas")) || leavesCanvas(pressed))) return;
      event.preventDefault();
      if (pressed === "space") {
        if (!event.repeat) Object.assign(hand, { held: true, used: false });
        return;
      }
      binding.run();
    };
    const up = (event: KeyboardEvent) => {
      if (event.key !== " " || !hand.held) return;
      hand.held = false;
      if (!hand.used) play(!useEditor.getState().playing);
    };
    const away = () => {
      hand.held = false;
    };
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    window.addEventListener("blur", away);
    window.addEventListener("storage", follow);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
      window.removeEventListener("blur", away);
      window.removeEventListener("storage", follow);
    };
  }, []);
}

/** After the last track Tab goes on through the page, as it does before the first. */
function leavesCanvas(pressed: string): boolean {
  const { history, selection, hidden } = useEditor.getState();
  const ids = history.scene.tracks.map((track) => track.id).filter((id) => !hidden.includes(id));
  const edge = pressed === "tab" ? ids.at(-1) : ids[0];
  return !ids.length || selection.at(-1) === edge;
}
