/** A timing as a small curve: time to the right, way upwards. */

import { type Easing, eased } from "../scene/easing";

export function Curve({ easing, size = 16 }: { easing: Easing; size?: number }) {
  const points = Array.from({ length: 13 }, (_, i) => {
    const time = i / 12;
    return `${2 + time * 12},${14 - eased(time, easing) * 12}`;
  });
  return (
    <svg className="curve" viewBox="0 0 16 16" width={size} height={size} aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
    </svg>
  );
}
