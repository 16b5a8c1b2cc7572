/** The look of the eight slots: the hues of scene/colours.py, lightened to be read on photographs and on grey. */

const LOOKS = ["#ff6259", "#3fd98a", "#6c9bff", "#ffd23f", "#ff6ad5", "#43d6e8", "#ff9c42", "#b48bff"] as const;

/** The colour of the track at this place of the scene (its slot). */
export const colourOf = (slot: number): string => LOOKS[slot % LOOKS.length] ?? LOOKS[0];

export function faint(colour: string, alpha: number): string {
  const part = Math.round(alpha * 255)
    .toString(16)
    .padStart(2, "0");
  return `${colour}${part}`;
}
