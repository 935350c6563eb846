// The language of the page: its catalogues, and the locales by which Intl prints figures and days.
import { i18n, type Messages } from "@lingui/core";
import { messages as english } from "@/locales/en/first.po";

/** A name is the same in every language. */
export const APP_NAME = "Whop Legends";

interface Language {
  /** How counts and money are grouped and where the currency's sign goes. */
  figures: string;
  /** In which order a day is told. */
  days: string;
  /** What is said until the first screen shows; English comes with the page. */
  first: () => Messages | Promise<Messages>;
  rest: () => Promise<{ messages: Messages }>;
}

const LANGUAGES = {
  // The day before the month can be misread by nobody, as the month is always a word.
  en: { figures: "en", days: "en-GB", first: () => english, rest: () => import("@/locales/en/rest.po") },
} satisfies Record<string, Language>;

export type LanguageName = keyof typeof LANGUAGES;
const FALLBACK: LanguageName = "en";
let rest: Promise<void> | undefined;

/** The first of the visitor's languages that we have, else English: ["de-AT", "en-US"] → "en". */
export function chooseLanguage(wanted: readonly string[]): LanguageName {
  const known = wanted.map((tag) => tag.split("-")[0]!.toLowerCase()).find((name) => Object.hasOwn(LANGUAGES, name));
  return (known as LanguageName | undefined) ?? FALLBACK;
}

/** Put the page's first words in place; nothing is rendered before. */
export async function speak(name: LanguageName): Promise<void> {
  i18n.loadAndActivate({ locale: name, messages: await languageOf(name).first() });
}

/** Fetch all other words, once. Whatever is fetched later waits for them, so that no message shows as its key. */
export function restOfWords(): Promise<void> {
  rest ??= languageNow()
    .rest()
    .then(({ messages }) => i18n.load(i18n.locale, messages))
    .catch((error: unknown) => {
      rest = undefined;
      throw error;
    });
  return rest;
}

export function figureLocale(): string {
  return languageNow().figures;
}

export function dayLocale(): string {
  return languageNow().days;
}

function languageNow(): Language {
  return languageOf(Object.hasOwn(LANGUAGES, i18n.locale) ? (i18n.locale as LanguageName) : FALLBACK);
}

function languageOf(name: LanguageName): Language {
  return LANGUAGES[name];
}
