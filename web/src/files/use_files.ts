/** Dropping and pasting, anywhere on the page. */

import { useEffect, useState } from "react";
import { paste } from "../edit/actions";
import { openFile } from "./open";

/** Whether something is being dragged over the page. */
export function useFiles(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
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
      if (file) void openFile(file);
    };
    const onPaste = (event: ClipboardEvent) => {
      if ((event.target as Element).closest("input, textarea")) return;
      const file = [...(event.clipboardData?.files ?? [])][0];
      if (file) void openFile(file);
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
