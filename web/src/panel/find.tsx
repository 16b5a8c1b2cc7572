/** Boxes for what is seen in the picture or named, where the service has a detector. */

import { useEffect, useState } from "react";
import { useJobs } from "../api/jobs";
import { boxOf, findAll, take, useFound } from "../edit/proposals";
import { useEditor } from "../store/editor";
import { pictureOf } from "../store/pictures";
import { useWords } from "../words";

export function Find() {
  const words = useWords().proposals;
  const installed = useJobs((state) => state.capabilities?.proposals.installed ?? false);
  const picture = useEditor((state) => state.history.scene.picture);
  const [phrase, setPhrase] = useState("");
  useEffect(() => {
    const held = pictureOf(picture);
    if (installed && held) void findAll(held);
  }, [installed, picture]);
  if (!installed) return null;
  return (
    <>
      <Found picture={picture} />
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (phrase.trim()) void boxOf(phrase.trim());
        }}
      >
        <input
          className="name-field"
          aria-label={words.phrase}
          placeholder={words.phrase}
          maxLength={200}
          value={phrase}
          onChange={(event) => setPhrase(event.target.value)}
        />
        <button type="submit" className="button" disabled={!phrase.trim()}>
          {words.find}
        </button>
      </form>
    </>
  );
}

/** What was found in the picture; pressing one draws its box. */
function Found({ picture }: { picture: string | null }) {
  const words = useWords().proposals;
  const { picture: of, found } = useFound();
  if (of !== picture || !found.length) return null;
  return (
    <div className="found-things" role="group" aria-label={words.found}>
      <span className="help">{words.found}</span>
      {found.map((one) => (
        <button key={one.box.join()} type="button" className="button small" aria-label={words.take(one.label)} onClick={() => take(one)}>
          {one.label}
        </button>
      ))}
    </div>
  );
}
