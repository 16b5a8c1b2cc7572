/** Other tools' formats: a file of theirs onto the picture, the scene into a file of theirs. */

import { useEffect, useState } from "react";
import { type Format, service } from "../api/client";
import { useDialogs } from "../store/dialogs";
import { useEditor } from "../store/editor";
import { Dialog } from "../ui/controls";
import { icons } from "../ui/icons";
import { useWords } from "../words";
import { exportAs, importFile, reason } from "./exchange";
import { chooseFile } from "./open";

/** What was lost on the way, or what went wrong. */
interface Told {
  readonly of: string;
  readonly notes: readonly string[];
  readonly wrong: boolean;
}

export function ExchangeDialog() {
  const open = useDialogs((state) => state.open === "exchange");
  return open ? <Open /> : null;
}

function Open() {
  const words = useWords().exchange;
  const close = useWords().common.close;
  const tracks = useEditor((state) => state.history.scene.tracks.length);
  const [formats, setFormats] = useState<readonly Format[]>([]);
  const [told, setTold] = useState<Told | null>(null);
  useEffect(() => void service.formats().then(setFormats, (error: unknown) => setTold({ of: "", notes: [reason(error)], wrong: true })), []);
  const attempt = async (of: string, act: () => Promise<readonly string[]>) => {
    setTold(null);
    try {
      setTold({ of, notes: await act(), wrong: false });
    } catch (error) {
      setTold({ of, notes: [reason(error)], wrong: true });
    }
  };
  return (
    <Dialog title={words.title} close={close} onClose={() => useDialogs.setState({ open: null })}>
      <section className="exchange-in">
        <p>{words.importHelp}</p>
        <button type="button" className="button" onClick={() => chooseFile(".xml,.json,.csv,.txt,.npy,.zip", (file) => attempt("", () => importFile(file)))}>
          {words.choose}
        </button>
        <p className="help">{words.readable(formats.filter((one) => one.reads).map((one) => one.title))}</p>
        {told?.of === "" && <Outcome told={told} />}
      </section>
      <h3 className="exchange-head">{words.exportTitle}</h3>
      {!tracks && <p className="help">{words.nothing}</p>}
      <ul className="exchange">
        {formats.map((one) => (
          <li key={one.name}>
            <div>
              <b>{one.title}</b>
              <span className="help">{words.loses(one.loses)}</span>
              {told?.of === one.name && <Outcome told={told} />}
            </div>
            <button type="button" className="button" disabled={!tracks} aria-label={words.exportAs(one.title)} onClick={() => void attempt(one.name, () => exportAs(one))}>
              <Download /> {one.ending}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

const Download = icons.download;

function Outcome({ told: { notes, wrong } }: { told: Told }) {
  if (!notes.length) return null;
  return (
    <ul className={`outcome ${wrong ? "wrong" : ""}`} role={wrong ? "alert" : "status"}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
