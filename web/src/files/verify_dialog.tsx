/** Was this made here? A file is dropped or chosen, and its marks are told one by one. */

import type { Verification } from "../api/client";
import { useDialogs } from "../store/dialogs";
import { Dialog } from "../ui/controls";
import { icons } from "../ui/icons";
import { useWords } from "../words";
import { chooseFile } from "./open";
import { forgetVerified, useVerify, verifyFile } from "./verify";

export function VerifyDialog() {
  const open = useDialogs((state) => state.open === "verify");
  return open ? <Open /> : null;
}

function Open() {
  const words = useWords().verify;
  const close = useWords().common.close;
  const { looking, told, wrong } = useVerify();
  const end = () => {
    forgetVerified();
    useDialogs.setState({ open: null });
  };
  return (
    <Dialog title={words.title} close={close} onClose={end}>
      <section className="exchange-in">
        <p>{words.help}</p>
        <button type="button" className="button" disabled={looking !== null} onClick={() => chooseFile("image/*,video/*", verifyFile)}>
          {words.choose}
        </button>
      </section>
      <div aria-live="polite">
        {looking && <p className="help">{words.looking(looking)}</p>}
        {wrong && <p className="outcome wrong">{wrong}</p>}
        {told && <Told told={told} />}
      </div>
    </Dialog>
  );
}

const Yes = icons.check;
const No = icons.close;

/** Without the layer's name, which stands above it. */
function sentence(words: string): string {
  const said = words.replace(/^[^:]+: /, "");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function Told({ told }: { told: Verification }) {
  const words = useWords().verify;
  const marked = told.layers.some((layer) => layer.found);
  const verdict = told.verdict === "missing" && !marked ? "none" : told.verdict;
  return (
    <section className={`verified ${verdict}`}>
      <h3>{words.verdicts[verdict]}</h3>
      <p className="help">{told.file}</p>
      <p>{told.words}</p>
      <ul>
        {told.layers.map((layer) => (
          <li key={layer.name} className={layer.found ? "found" : ""}>
            {layer.found ? <Yes /> : <No />}
            <div>
              <b>
                {words.layers[layer.name]}: {layer.found ? words.found : layer.left_out ? words.leftOut : words.notFound}
              </b>
              <span className="help">{sentence(layer.words)}</span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
