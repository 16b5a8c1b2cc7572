/** The panel on the right: what the scene says, what came of it, and the button that makes it. */

import { useState } from "react";
import { useJobs } from "../api/jobs";
import { useWords } from "../words";
import { Generate } from "./generate";
import { PromptCard } from "./prompt";
import { Results } from "./results";
import { TrackCard } from "./track";
import { VideoCard } from "./video";

type Page = "scene" | "results";

export function Panel() {
  const words = useWords().panel;
  const count = useJobs((state) => state.jobs.length);
  const [page, setPage] = useState<Page>("scene");
  const tab = (name: Page, label: string) => (
    <button type="button" role="tab" id={`tab-${name}`} aria-selected={page === name} aria-controls="panel-page" onClick={() => setPage(name)}>
      {label}
    </button>
  );
  return (
    <aside className="panel" aria-label={words.name}>
      <div className="tabs" role="tablist">
        {tab("scene", words.scene)}
        {tab("results", count ? `${words.results} ${count}` : words.results)}
      </div>
      <div className="panel-page" role="tabpanel" id="panel-page" aria-labelledby={`tab-${page}`}>
        {page === "scene" ? (
          <>
            <PromptCard />
            <TrackCard />
            <VideoCard />
          </>
        ) : (
          <Results />
        )}
      </div>
      <Generate onDone={() => setPage("results")} />
    </aside>
  );
}
