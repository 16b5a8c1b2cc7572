/** Tools on the left. */

import { applyPreset } from "../edit/actions";
import { OF_CAMERA } from "../edit/presets";
import { pickTool, type Tool, useEditor } from "../store/editor";
import { IconButton, Menu } from "../ui/controls";
import { icons } from "../ui/icons";
import { useWords } from "../words";

const TOOLS: readonly (readonly [Tool, string])[] = [
  ["select", "S"],
  ["box", "R"],
  ["path", "P"],
  ["pan", "Space"],
];

export function ToolRail() {
  const words = useWords();
  const tool = useEditor((state) => state.tool);
  const onion = useEditor((state) => state.onion);
  const Camera = icons.camera;
  return (
    <nav className="rail" aria-label={words.tools.name}>
      {TOOLS.map(([name, keys]) => (
        <IconButton key={name} icon={name} name={words.tools[name]} keys={keys} on={tool === name} onPress={() => pickTool(name)} />
      ))}
      <hr />
      <Menu
        name={words.presets.add}
        className="icon-button"
        trigger={<Camera />}
        items={OF_CAMERA.map((preset) => ({ label: words.presets.labels[preset], onPress: () => applyPreset(preset) }))}
      />
      <IconButton
        icon="onion"
        name={words.tools.onion}
        keys="G"
        className="toggle"
        on={onion}
        onPress={() => useEditor.setState({ onion: !onion })}
      />
    </nav>
  );
}
