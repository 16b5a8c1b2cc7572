/** Icons: 20 x 20, one stroke, drawn for this page. */

import type { ReactNode } from "react";

function icon(children: ReactNode) {
  return function Icon() {
    return (
      <svg
        className="icon"
        viewBox="0 0 20 20"
        width="20"
        height="20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {children}
      </svg>
    );
  };
}

const solid = { fill: "currentColor", stroke: "none" };

export const icons = {
  select: icon(<path d="M5 3.5 15.5 9l-4.6 1.4L8.8 15z" />),
  box: icon(
    <>
      <rect x="3.5" y="5" width="13" height="10" rx="1" />
      <circle cx="3.5" cy="5" r="1.6" {...solid} />
      <circle cx="16.5" cy="15" r="1.6" {...solid} />
    </>,
  ),
  path: icon(
    <>
      <path d="M3.5 15.5C6 7 9.500 16 12 9.500S15.500 4.500 16.500 4.500" />
      <circle cx="3.5" cy="15.5" r="1.6" {...solid} />
      <circle cx="16.5" cy="4.5" r="1.6" {...solid} />
    </>,
  ),
  pan: icon(<path d="M6.500 10V5.200a1.200 1.200 0 0 1 2.400 0V9m0-4.800a1.200 1.200 0 0 1 2.400 0V9m0-3.800a1.200 1.200 0 0 1 2.400 0V12c0 3-1.600 5-4.300 5-2.200 0-3.200-1-4.300-3l-1.400-2.700a1.200 1.200 0 0 1 2.100-1.100l.7 1" />),
  camera: icon(
    <>
      <rect x="2.5" y="6" width="10" height="8.500" rx="1.500" />
      <path d="m12.500 9.500 5-2.500v6.500l-5-2.500" />
    </>,
  ),
  fit: icon(<path d="M3.500 7V3.500H7M13 3.500h3.500V7M16.500 13v3.500H13M7 16.500H3.500V13" />),
  onion: icon(
    <>
      <rect x="2.5" y="7" width="8" height="8" rx="1" opacity=".45" />
      <rect x="6" y="6" width="8" height="8" rx="1" opacity=".7" />
      <rect x="9.500" y="5" width="8" height="8" rx="1" />
    </>,
  ),
  undo: icon(<path d="M7 4 3.500 7.500 7 11M3.500 7.500H12a4.500 4.500 0 0 1 0 9H8" />),
  redo: icon(<path d="m13 4 3.500 3.500L13 11m3.500-3.500H8a4.500 4.500 0 0 0 0 9h4" />),
  help: icon(
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M8 8.200a2 2 0 1 1 3 1.700c-.7.400-1 .800-1 1.600" />
      <circle cx="10" cy="13.800" r=".9" {...solid} />
    </>,
  ),
  play: icon(<path d="M6.500 4v12l9.500-6z" {...solid} />),
  pause: icon(<path d="M5.500 4h3v12h-3zM11.500 4h3v12h-3z" {...solid} />),
  first: icon(
    <>
      <path d="M15 5v10l-7-5z" {...solid} />
      <path d="M5.500 5v10" />
    </>,
  ),
  last: icon(
    <>
      <path d="M5 5v10l7-5z" {...solid} />
      <path d="M14.500 5v10" />
    </>,
  ),
  back: icon(<path d="m11.500 5-5 5 5 5" />),
  forward: icon(<path d="m8.500 5 5 5-5 5" />),
  loop: icon(<path d="M4 9.500V9a3.500 3.500 0 0 1 3.500-3.500H15m0 0L12.500 3M15 5.500 12.500 8M16 10.500v.5a3.500 3.500 0 0 1-3.500 3.500H5m0 0L7.500 12M5 14.500 7.500 17" />),
  eye: icon(
    <>
      <path d="M2.500 10S5 5 10 5s7.500 5 7.500 5-2.500 5-7.500 5-7.500-5-7.500-5z" />
      <circle cx="10" cy="10" r="2.200" />
    </>,
  ),
  hidden: icon(<path d="M3 3l14 14M8 5.300A8 8 0 0 1 10 5c5 0 7.500 5 7.500 5a13 13 0 0 1-2.300 2.900M12.500 14.500A8 8 0 0 1 10 15c-5 0-7.500-5-7.500-5a13 13 0 0 1 3-3.500" />),
  lock: icon(
    <>
      <rect x="4.500" y="9" width="11" height="7.500" rx="1.500" />
      <path d="M7 9V6.500a3 3 0 0 1 6 0V9" />
    </>,
  ),
  unlock: icon(
    <>
      <rect x="4.500" y="9" width="11" height="7.500" rx="1.500" />
      <path d="M7 9V6.500a3 3 0 0 1 5.600-1.500" />
    </>,
  ),
  pin: icon(<path d="M7 3.500h6m-5 0v5L5.500 12h9L12 8.500v-5M10 12v5" />),
  trash: icon(<path d="M4 6h12M8 6V4h4v2m-6.500 0 .7 10.500h7.600L14.500 6M8.500 9v5M11.500 9v5" />),
  copy: icon(
    <>
      <rect x="7" y="7" width="9.500" height="9.500" rx="1.500" />
      <path d="M13 7V5a1.500 1.500 0 0 0-1.500-1.500H5A1.500 1.500 0 0 0 3.500 5v6.500A1.500 1.500 0 0 0 5 13h2" />
    </>,
  ),
  dice: icon(
    <>
      <rect x="3.500" y="3.500" width="13" height="13" rx="2.500" />
      <circle cx="7.300" cy="7.300" r="1.100" {...solid} />
      <circle cx="12.700" cy="12.700" r="1.100" {...solid} />
      <circle cx="10" cy="10" r="1.100" {...solid} />
    </>,
  ),
  warn: icon(
    <>
      <path d="M10 3.500 17.500 16h-15z" />
      <path d="M10 8.200v3.600" />
      <circle cx="10" cy="13.800" r=".8" {...solid} />
    </>,
  ),
  close: icon(<path d="m5 5 10 10M15 5 5 15" />),
  more: icon(
    <>
      <circle cx="4.500" cy="10" r="1.300" {...solid} />
      <circle cx="10" cy="10" r="1.300" {...solid} />
      <circle cx="15.500" cy="10" r="1.300" {...solid} />
    </>,
  ),
  download: icon(<path d="M10 3.500v9m0 0-3.500-3.500M10 12.500l3.500-3.500M4 16.500h12" />),
  picture: icon(
    <>
      <rect x="2.500" y="4" width="15" height="12" rx="1.500" />
      <circle cx="7" cy="8" r="1.400" />
      <path d="m3 14.500 4.500-4 3 2.500 3-3.500 4 4" />
    </>,
  ),
  chevron: icon(<path d="m6 8 4 4 4-4" />),
  plus: icon(<path d="M10 4v12M4 10h12" />),
  minus: icon(<path d="M4 10h12" />),
  end: icon(<path d="M4 10h8m0 0L9 7m3 3-3 3M15.500 5v10" />),
  edit: icon(<path d="M4 16l.8-3.200 8.700-8.700a1.400 1.400 0 0 1 2 0l.4.400a1.400 1.400 0 0 1 0 2l-8.700 8.700z" />),
  compare: icon(<path d="M10 3v14M3.500 5.500H7.500v9h-4zM12.500 5.500h4v9h-4" />),
  check: icon(<path d="m4.500 10.500 3.500 3.500 7.500-8" />),
  find: icon(
    <>
      <circle cx="9" cy="9" r="5" />
      <path d="m13 13 3.500 3.500" />
    </>,
  ),
};

export type IconName = keyof typeof icons;
