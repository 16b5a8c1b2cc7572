/** What happens, in words. */

import { edit, useEditor } from "../store/editor";
import { useWords } from "../words";
import { Remarks } from "./remarks";

export function PromptCard() {
  const words = useWords().panel;
  const prompt = useEditor((state) => state.history.scene.prompt);
  return (
    <section className="card">
      <label className="field" htmlFor="prompt">
        <span className="card-title">{words.prompt}</span>
        <textarea
          id="prompt"
          rows={3}
          maxLength={4000}
          value={prompt}
          placeholder={words.promptExample}
          onChange={(event) => edit((scene) => ({ ...scene, prompt: event.target.value }), "prompt")}
        />
      </label>
      <p className="help">{words.promptHelp}</p>
      <Remarks of={["no_prompt"]} />
    </section>
  );
}
