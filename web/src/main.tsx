import "./styles/font.css";
import "./styles/page.css";
import "./styles/controls.css";
import "./styles/keys.css";
import "./styles/canvas.css";
import "./styles/timeline.css";
import "./styles/panel.css";
import "./styles/start.css";
import { createRoot } from "react-dom/client";
import { listen } from "./api/jobs";
import { App } from "./app";
import { fromText, toText } from "./scene/wire";
import { autosave } from "./store/autosave";
import { scene, useEditor } from "./store/editor";
import { useComparison } from "./player/comparison";
import { language, speak } from "./words";

speak(language());
await autosave();

// Drawing goes on from a result: whoever changes a track wants to see the plan again.
useEditor.subscribe((state, old) => {
  if (state.history.scene.tracks !== old.history.scene.tracks) useComparison.setState({ showing: "plan" });
});

// For scripts and tests of the page: the scene as JSON text, read only.
Object.defineProperty(window, "boximator", {
  value: Object.freeze({ scene: () => toText(scene()), check: (text: string) => void fromText(text) }),
});

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
listen();
