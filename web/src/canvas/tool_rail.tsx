/** Tools on the left. */

import { applyPreset } from "../edit/actions";
import type { Changeable } from "../keys/bindings";
import { OF_CAMERA } from "../edit/presets";
import { pickTool, type Tool, useEditor } from "../store/editor";
import { IconButton, Menu } from "../ui/controls";
import { icons } from "../ui/icons";
import { useWords } from "../words";

const TOOLS: readonly (readonly [Tool, Changeable | null])[] = [
  ["select", "select"],
  ["box", "box"],
  ["path", "path"],
  ["pan", null],
];

export function ToolRail() {
  const words = useWords();
  const tool = useEditor((state) => state.tool);
  const onion = useEditor((state) => state.onion);
  const Camera = icons.camera;
  return (
    <nav className="rail" aria-label={words.tools.name}>
      {TOOLS.map(([name, action]) => (
        <IconButton key={name} icon={name} name={words.tools[name]} keys="Space" action={action} on={tool === name} onPress={() => pickTool(name)} />
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
        action="onion"
        className="toggle"
        on={onion}
        onPress={() => useEditor.setState({ onion: !onion })}
      />
    </nav>
  );
}
