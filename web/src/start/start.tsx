/** Before there is a picture: one thing to do. */

import duck from "../../../src/boximator/evaluation/photos/duck.jpg";
import kingfisher from "../../../src/boximator/evaluation/photos/kingfisher.jpg";
import pig from "../../../src/boximator/evaluation/photos/pig.jpg";
import sheep from "../../../src/boximator/evaluation/photos/sheep.jpg";
import { chooseFile, choosePicture, openAddress } from "../files/open";
import { icons } from "../ui/icons";
import { useWords } from "../words";

const EXAMPLES = { pig, sheep, kingfisher, duck };

export function Start() {
  const words = useWords().start;
  const Picture = icons.picture;
  return (
    <main id="canvas" className="start">
      <Motto />
      <h1>{words.title}</h1>
      <p className="lead">{words.lead}</p>
      <button type="button" className="drop" onClick={choosePicture}>
        <Picture />
        <b>{words.drop}</b>
        <span>
          {words.or} <u>{words.choose.toLowerCase()}</u> {words.paste}
        </span>
      </button>
      <p className="help">{words.examples}</p>
      <div className="examples">
        {Object.entries(EXAMPLES).map(([name, address]) => (
          <button key={name} type="button" aria-label={words.example(name)} onClick={() => void openAddress(address, name)}>
            <img src={address} alt="" width={150} height={112} />
          </button>
        ))}
      </div>
      <button type="button" className="link" onClick={() => chooseFile()}>
        {words.openProject}
      </button>
    </main>
  );
}

/** The idea in one picture: a solid box, its way, and the dashed box it goes to. */
function Motto() {
  return (
    <svg className="motto" viewBox="0 0 320 104" width="320" height="104" fill="none" aria-hidden="true">
      <rect x="10" y="38" width="66" height="54" rx="3" stroke="#ff6259" strokeWidth="2.500" />
      <path d="M43 65 C 95 0, 190 4, 262 46" stroke="#ff6259" strokeWidth="1.500" />
      {[0.1, 0.22, 0.36, 0.52, 0.68, 0.82, 0.93].map((t) => {
        const at = (a: number, b: number, c: number, d: number) =>
          (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
        return <circle key={t} cx={at(43, 95, 190, 262)} cy={at(65, 0, 4, 46)} r="3" fill="#ff6259" />;
      })}
      <rect x="226" y="17" width="76" height="60" rx="3" stroke="#ff6259" strokeWidth="2.500" strokeDasharray="8 6" />
      <rect className="motto-mover" x="10" y="38" width="66" height="54" rx="3" fill="#ff6259" fillOpacity="0.16" />
    </svg>
  );
}
