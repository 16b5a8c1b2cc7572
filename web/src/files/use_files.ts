/** Dropping and pasting, anywhere on the page. */

import { useLayoutEffect, useState } from "react";
import { paste } from "../edit/actions";
import { useDialogs } from "../store/dialogs";
import { openFile } from "./open";
import { verifyFile } from "./verify";

/** A file goes to the dialog that asks for one, else onto the canvas. */
const taken = (file: File) => (useDialogs.getState().open === "verify" ? verifyFile(file) : openFile(file));

/** Whether something is being dragged over the page. Listens before anything is painted: a file dropped on a page
 *  that does not listen yet would take its place. */
export function useFiles(): boolean {
  const [over, setOver] = useState(false);
  useLayoutEffect(() => {
    const holds = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const onOver = (event: DragEvent) => {
      if (!holds(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) void taken(file);
    };
    const onPaste = (event: ClipboardEvent) => {
      if ((event.target as Element).closest("input, textarea")) return;
      const file = [...(event.clipboardData?.files ?? [])][0];
      if (file) void taken(file);
      else paste();
    };
    window.addEventListener("dragover", onOver);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("drop", onDrop);
    window.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("drop", onDrop);
      window.removeEventListener("paste", onPaste);
    };
  }, []);
  return over;
}
