// What the scripts of the theme may count on, for the type checker.

/** A piece of text, and whether it was searched for. */
type Marked = [string, boolean];
interface Hit {
  url: string;
  /** Empty for the page itself. */
  heading: string;
  text: Marked[];
  without: string[];
  reason: null | { type: "synonym" | "related" | "corrected" | "prefix"; word: string; for: string };
}
interface PageHit {
  url: string;
  title: string;
  kind: { id: string; label: string };
  crumbs: string[];
  score: number;
  sections: Hit[];
}
interface Facet { id: string; label: string; values: { id: string; label: string; count: number }[] }
interface Answer {
  query: string;
  corrected: { from: string; to: string }[];
  total: number;
  danger: null | { url: string; title: string; text: string };
  /** Whether there is something to filter by. */
  filters: boolean;
  /** Empty unless they were asked for. */
  facets: Facet[];
  pages: PageHit[];
  nearest: string[];
}
interface Fascicle {
  load(): Promise<unknown>;
  search(query: string, options?: { limit?: number; filters?: Record<string, string[]>; facets?: boolean; literal?: boolean; stale?: () => boolean }): Promise<Answer>;
  /** Opens the dialog; the focus goes back to `from`. */
  open(from: HTMLElement): void;
}
interface Window { fascicle: Fascicle }
/** The words of the interface in the language of the page; put in when the site is built. */
declare const WORDS: Record<string, string>;
