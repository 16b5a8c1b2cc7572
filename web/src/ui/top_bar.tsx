/** The bar on top: the project, undo, plan or result, language, keys. */

import { chooseFile, chooseLastPicture, replacePicture } from "../files/open";
import { savePicture, saveProject } from "../files/save";
import { lookAtPlan, toggleView } from "../player/look";
import { useComparison } from "../player/comparison";
import { EMPTY_SCENE } from "../scene/scene";
import { startAfresh } from "../store/autosave";
import { useKeyOf } from "../keys/bindings";
import { useDialogs } from "../store/dialogs";
import { edit, open, redo, undo, useEditor } from "../store/editor";
import { type Language, LANGUAGES, speak, useLanguageName, useWords } from "../words";
import { Choice, IconButton, Menu } from "./controls";
import { icons } from "./icons";

export function TopBar() {
  const words = useWords();
  const { past, future } = useEditor((state) => state.history);
  const started = useEditor((state) => state.history.scene.picture !== null);
  return (
    <header className="top" aria-label={words.app.toolbar}>
      <ProjectMenu />
      {started && <ProjectName />}
      <span className="space" />
      {started && <ViewChoice />}
      <span className="space" />
      {started && (
        <>
          <IconButton icon="undo" name={words.app.undo} action="undo" disabled={!past.length} onPress={undo} />
          <IconButton icon="redo" name={words.app.redo} action="redo" disabled={!future.length} onPress={redo} />
        </>
      )}
      <Languages />
      <IconButton icon="help" name={words.app.keys} keys="?" onPress={() => useDialogs.setState({ open: "keys" })} />
    </header>
  );
}

function ProjectMenu() {
  const words = useWords();
  const scene = useEditor((state) => state.history.scene);
  const Chevron = icons.chevron;
  const fresh = async () => {
    await startAfresh();
    open(EMPTY_SCENE, "");
    lookAtPlan();
  };
  return (
    <Menu
      name={words.file.menu}
      className="brand"
      trigger={
        <>
          <Mark />
          <span>{words.app.name}</span>
          <Chevron />
        </>
      }
      items={[
        { label: words.file.fresh, onPress: () => void fresh(), disabled: !scene.picture && !scene.tracks.length },
        { label: words.file.open, keys: useKeyOf("open"), onPress: () => chooseFile() },
        { label: words.file.save, keys: useKeyOf("save"), onPress: () => void saveProject(), disabled: !scene.tracks.length },
        { label: words.file.savePicture, onPress: () => void savePicture(), disabled: !scene.tracks.length || !scene.picture },
        { label: words.file.exchange, onPress: () => useDialogs.setState({ open: "exchange" }) },
        { label: words.file.verify, onPress: () => useDialogs.setState({ open: "verify" }) },
        "line",
        { label: words.file.picture, onPress: replacePicture },
        scene.last_picture
          ? { label: words.file.dropLastPicture, onPress: () => edit((old) => ({ ...old, last_picture: null })) }
          : { label: words.file.lastPicture, onPress: chooseLastPicture, disabled: !scene.picture },
      ]}
    />
  );
}

/** Two boxes, the solid one where it is, the dashed one where it goes. */
function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" fill="none" strokeWidth="2" aria-hidden="true">
      <rect x="3" y="4" width="11" height="11" rx="1.200" stroke="currentColor" />
      <rect x="9.500" y="8.500" width="11" height="11" rx="1.200" stroke="#ff6259" strokeDasharray="3.400 2.200" />
    </svg>
  );
}

function ProjectName() {
  const words = useWords().app;
  const name = useEditor((state) => state.name);
  return (
    <input
      className="project-name"
      aria-label={words.projectName}
      placeholder={words.untitled}
      value={name}
      size={Math.max(8, Math.min(28, name.length || words.untitled.length))}
      onChange={(event) => useEditor.setState({ name: event.target.value })}
    />
  );
}

/** The same canvas shows what is asked, or what came of it. */
function ViewChoice() {
  const words = useWords().results;
  const { showing, first } = useComparison();
  if (!first) return null;
  return (
    <Choice
      name={words.showing}
      value={showing}
      options={[
        { value: "plan", label: words.plan },
        { value: "result", label: words.result },
      ]}
      onChange={(value) => value !== showing && toggleView()}
    />
  );
}

function Languages() {
  const words = useWords();
  const now = useLanguageName();
  return (
    <Menu
      name={words.app.switchLanguage}
      className="icon-button language"
      trigger={now === "zh" ? "中" : "EN"}
      items={(Object.keys(LANGUAGES) as Language[]).map((name) => ({
        label: LANGUAGES[name].language,
        onPress: () => speak(name),
      }))}
    />
  );
}
