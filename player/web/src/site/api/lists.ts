/** Word lists, as our REST API has them: what they find, where, what follows, and trying them. */
import { ask, tell } from './http';
import { type Batch, type Scope, scopeQuery, type Span } from './moderation';
import type { Page } from './types';

export const MODES = ['whole_word', 'prefix', 'substring', 'phrase', 'regex'] as const;
export type Mode = (typeof MODES)[number];

/** Disguises a list sees through. */
export const OPTIONS = ['confusables', 'leet', 'separators', 'repeats', 'bidi'] as const;
export type Option = (typeof OPTIONS)[number];

export const ACTIONS = ['tag', 'hold', 'reject', 'block-author', 'time-out'] as const;
export type Action = (typeof ACTIONS)[number];

export interface ListFields {
  readonly name: string;
  readonly language: string | null;
  readonly options: readonly Option[];
  readonly action: Action;
  readonly timeOutMinutes: number | null;
  /** Empty: everywhere. */
  readonly surfaces: readonly string[];
  readonly expiresAt: string | null;
  readonly enabled: boolean;
}

export interface WordList extends ListFields {
  readonly id: number;
  readonly scope: string;
  readonly version: number;
  readonly entryCount: number;
  /** Others may follow it. */
  readonly published: boolean;
}

export interface Entry {
  readonly id: number;
  readonly text: string;
  readonly mode: Mode;
  readonly language?: string | null;
  readonly note?: string | null;
}

export interface Exception {
  readonly id: number;
  readonly text: string;
}

export interface Slice {
  readonly start: number;
  readonly count: number;
}

const at = (id: number, rest = '') => `/moderation/lists/${id}${rest}`;

export async function listLists(scope: Scope): Promise<readonly WordList[]> {
  const query = { ...scopeQuery(scope), start: 0, count: 100 };
  return (await ask<Page<WordList>>('/moderation/lists', { query })).data;
}

export function createList(scope: Scope, fields: ListFields): Promise<WordList> {
  return ask('/moderation/lists', { method: 'POST', query: scopeQuery(scope), json: fields });
}

export function getList(id: number): Promise<WordList> {
  return ask(at(id));
}

export function updateList(id: number, fields: ListFields): Promise<WordList> {
  return ask(at(id), { method: 'PUT', json: fields });
}

export function publishList(id: number, published: boolean): Promise<WordList> {
  return ask(at(id), { method: 'PUT', json: { published } });
}

export function deleteList(id: number): Promise<void> {
  return tell(at(id), { method: 'DELETE' });
}

export function listEntries(id: number, { start, count }: Slice, search: string): Promise<Page<Entry>> {
  const query = { start, count, search: search === '' ? undefined : search };
  return ask(at(id, '/entries'), { query });
}

export type EntryFields = Pick<Entry, 'text' | 'mode' | 'language' | 'note'>;

export function updateEntry(list: number, entry: number, fields: EntryFields): Promise<void> {
  return tell(at(list, `/entries/${entry}`), { method: 'PUT', json: fields });
}

export function deleteEntry(list: number, entry: number): Promise<void> {
  return tell(at(list, `/entries/${entry}`), { method: 'DELETE' });
}

/** All of them, oldest first. */
export async function listExceptions(id: number): Promise<readonly Exception[]> {
  return (await ask<Page<Exception>>(at(id, '/exceptions'))).data;
}

export function addExceptions(list: number, texts: readonly string[]): Promise<void> {
  return tell(at(list, '/exceptions'), { method: 'POST', json: { texts } });
}

export function deleteException(list: number, exception: number): Promise<void> {
  return tell(at(list, `/exceptions/${exception}`), { method: 'DELETE' });
}

export type Format = 'text' | 'csv' | 'json';

export interface Import {
  readonly format: Format;
  readonly data: string;
  /** Everything that was there goes. */
  readonly replace: boolean;
}

export interface Imported {
  /** Entries that the list had not. */
  readonly added: number;
}

/** Adds many at once: those that are there already stay as they are. */
export function addEntries(id: number, entries: readonly EntryFields[]): Promise<Imported> {
  return importEntries(id, { format: 'json', data: JSON.stringify({ entries }), replace: false });
}

export function importEntries(id: number, data: Import): Promise<Imported> {
  return ask(at(id, '/import'), { method: 'POST', json: data });
}

/** Where the export is; asked for with the token, so no link of its own. */
export function listExport(id: number, format: Format) {
  return { path: at(id, '/export'), query: { format } };
}

export interface Hit extends Span {
  readonly matched: string;
  /** The entry as it is written. */
  readonly entry: string;
}

export interface Tested {
  readonly verdict: string;
  readonly hits: readonly Hit[];
}

/** What a list does with `text`; also one that is switched off. */
export function testList(listId: number, text: string, signal: AbortSignal): Promise<Tested> {
  const json = { text, format: 'plain', listId };
  return ask('/moderation/lists/test', { method: 'POST', json, signal });
}

export interface Sample {
  readonly revisionId: number;
  readonly surface: string;
  readonly text: string;
  readonly spans: readonly Span[];
  /** Name of who wrote it. */
  readonly author: string | null;
  readonly fine: boolean;
}

export interface Preview {
  readonly id: number;
  readonly state: 'running' | 'done' | 'failed';
  readonly examined: number;
  readonly total: number;
  readonly hits: number;
  readonly bySurface: Readonly<Record<string, number>>;
  readonly byLanguage: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
  readonly etaSeconds?: number | null;
  /** Why it did not come to its end. */
  readonly error?: string | null;
}

/** Tries a list on what was written in the last `days`; nothing is changed by it. */
export async function startPreview(listId: number, days: number): Promise<number> {
  const json = { listId, days };
  return (await ask<{ id: number }>('/moderation/previews', { method: 'POST', json })).id;
}

export function getPreview(id: number): Promise<Preview> {
  return ask(`/moderation/previews/${id}`);
}

export function dropPreview(id: number): Promise<void> {
  return tell(`/moderation/previews/${id}`, { method: 'DELETE' });
}

/** A sample that should not have been found: what was seen in it becomes an exception. */
export function markFine(preview: number, revisionId: number): Promise<void> {
  return tell(`/moderation/previews/${preview}/fine`, { method: 'POST', json: { revisionId } });
}

export function applyList(id: number, days: number): Promise<Batch> {
  return ask(at(id, '/apply'), { method: 'POST', json: { days } });
}
