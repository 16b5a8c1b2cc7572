/** The whole page. */

import { Canvas } from "./canvas/canvas";
import { ExchangeDialog } from "./files/exchange_dialog";
import { useFiles } from "./files/use_files";
import { VerifyDialog } from "./files/verify_dialog";
import { KeysDialog } from "./keys/dialog";
import { useKeys } from "./keys/use_keys";
import { Announcer } from "./ui/announcer";
import { CanvasBar } from "./canvas/bar";
import { Notices } from "./ui/notices";
import { Panel } from "./panel/panel";
import { Start } from "./start/start";
import { Steps } from "./start/steps";
import { Timeline } from "./timeline/timeline";
import { ToolRail } from "./canvas/tool_rail";
import { TopBar } from "./ui/top_bar";
import { useEditor } from "./store/editor";
import { useWords } from "./words";

export function App() {
  const words = useWords();
  const over = useFiles();
  useKeys();
  const started = useEditor((state) => state.history.scene.picture !== null);
  return (
    <div className={`page ${started ? "" : "fresh"}`}>
      <a className="skip" href="#canvas">
        {words.app.skip}
      </a>
      <TopBar />
      {started ? (
        <>
          <ToolRail />
          <main id="canvas" className="stage">
            <Canvas />
            <CanvasBar />
            <Steps />
          </main>
          <Panel />
          <Timeline />
        </>
      ) : (
        <Start />
      )}
      {over && <div className="dropping">{words.start.dropping}</div>}
      <KeysDialog />
      <ExchangeDialog />
      <VerifyDialog />
      <Notices />
      <Announcer />
    </div>
  );
}
