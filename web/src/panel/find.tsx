/** A box for what is named, where the service has a detector. */

import { useState } from "react";
import { propose, useJobs } from "../api/jobs";
import { addBox } from "../edit/actions";
import type { Box } from "../scene/box";
import { say } from "../store/notices";
import { useWords } from "../words";

export function Find() {
  const words = useWords().proposals;
  const installed = useJobs((state) => state.capabilities?.proposals.installed ?? false);
  const [phrase, setPhrase] = useState("");
  if (!installed) return null;
  const find = async () => {
    const [best] = await propose(phrase.trim());
    if (best) addBox(best.box as unknown as Box, best.label || phrase.trim());
    else say(words.none, "wrong");
  };
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (phrase.trim()) void find();
      }}
    >
      <input
        className="name-field"
        aria-label={words.phrase}
        placeholder={words.phrase}
        value={phrase}
        onChange={(event) => setPhrase(event.target.value)}
      />
      <button type="submit" className="button" disabled={!phrase.trim()}>
        {words.find}
      </button>
    </form>
  );
}
