/** The words of the chosen language. */

import { create } from "zustand";
import { en, type Words } from "./en";
import { zh } from "./zh";

export const LANGUAGES = { en, zh } satisfies Record<string, Words>;
export type Language = keyof typeof LANGUAGES;

const KEPT = "boximator.language";

function preferred(): Language {
  try {
    const kept = localStorage.getItem(KEPT);
    if (kept === "en" || kept === "zh") return kept;
  } catch {
    // no storage: the browser's language decides every time
  }
  return typeof navigator !== "undefined" && navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

const useLanguage = create<{ readonly language: Language }>(() => ({ language: preferred() }));

export const useWords = (): Words => LANGUAGES[useLanguage((state) => state.language)];
export const useLanguageName = (): Language => useLanguage((state) => state.language);

/** For code that is no component. */
export const words = (): Words => LANGUAGES[useLanguage.getState().language];

export function speak(language: Language): void {
  useLanguage.setState({ language });
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // kept for this page only
  }
}

export const language = (): Language => useLanguage.getState().language;
