/** Short sentences in the corner. */

import { dismiss, useNotices } from "../store/notices";
import { useWords } from "../words";
import { IconButton } from "./controls";
import { icons } from "./icons";

export function Notices() {
  const words = useWords();
  const notices = useNotices((state) => state.notices);
  const Check = icons.check;
  const Warn = icons.warn;
  return (
    <div className="notices" role="region" aria-live="polite" aria-label={words.common.more}>
      {notices.map((notice) => (
        <div key={notice.id} className={`notice ${notice.tone}`} role={notice.tone === "wrong" ? "alert" : "status"}>
          {notice.tone === "wrong" ? <Warn /> : <Check />}
          <span>{notice.words}</span>
          <IconButton icon="close" name={words.common.close} className="small" onPress={() => dismiss(notice.id)} />
        </div>
      ))}
    </div>
  );
}
