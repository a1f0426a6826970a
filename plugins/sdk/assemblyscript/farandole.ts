// What a plugin uses of the server: its input, its answer, settings, store, network and log.

import { Event, Item, Reaction, Reason, Span, Verdict } from "./interface";
import { Value, parse, quote } from "./json";

export * from "./interface";
export { Value, parse, quote };

@external("extism:host/env", "alloc")
declare function _alloc(length: u64): u64;
@external("extism:host/env", "length")
declare function _length(address: u64): u64;
@external("extism:host/env", "load_u8")
declare function _load_u8(address: u64): i32;
@external("extism:host/env", "load_u64")
declare function _load_u64(address: u64): u64;
@external("extism:host/env", "store_u8")
declare function _store_u8(address: u64, byte: i32): void;
@external("extism:host/env", "store_u64")
declare function _store_u64(address: u64, bytes: u64): void;
@external("extism:host/env", "input_offset")
declare function _input_offset(): u64;
@external("extism:host/env", "output_set")
declare function _output_set(address: u64, length: u64): void;
@external("extism:host/env", "error_set")
declare function _error_set(address: u64): void;
@external("extism:host/env", "config_get")
declare function _config_get(key: u64): u64;
@external("extism:host/env", "var_get")
declare function _var_get(key: u64): u64;
@external("extism:host/env", "var_set")
declare function _var_set(key: u64, value: u64): void;
@external("extism:host/env", "http_request")
declare function _http_request(request: u64, body: u64): u64;
@external("extism:host/env", "http_status_code")
declare function _http_status_code(): i32;
@external("extism:host/env", "log_info")
declare function _log_info(line: u64): void;
@external("extism:host/env", "log_warn")
declare function _log_warn(line: u64): void;

function give(text: string): u64 {
  const bytes = String.UTF8.encode(text);
  const length = bytes.byteLength;
  const from = changetype<usize>(bytes);
  const address = _alloc(length);
  let at = 0;
  for (; at + 8 <= length; at += 8) _store_u64(address + at, load<u64>(from + at));
  for (; at < length; at++) _store_u8(address + at, load<u8>(from + at));
  return address;
}

function take(address: u64): string {
  if (address == 0) return "";
  const length = <i32>_length(address);
  const bytes = new ArrayBuffer(length);
  const to = changetype<usize>(bytes);
  let at = 0;
  for (; at + 8 <= length; at += 8) store<u64>(to + at, _load_u64(address + at));
  for (; at < length; at++) store<u8>(to + at, <u8>_load_u8(address + at));
  return String.UTF8.decode(bytes);
}

function answer(json: string): void {
  const address = give(json);
  _output_set(address, _length(address));
}

/** The text to be judged: call it at the beginning of `judge`. */
export function item(): Item {
  return Item.read(parse(take(_input_offset())));
}

/** What happened: call it at the beginning of `on_event`. */
export function event(): Event {
  return Event.read(parse(take(_input_offset())));
}

/** The answer of `judge`. */
export function judged(verdict: Verdict): void {
  answer(verdict.write());
}

/** The answer of `judge` when nothing speaks against a text. */
export function show(): void {
  const verdict = new Verdict();
  verdict.action = "show";
  judged(verdict);
}

/** The answer of `on_event`. */
export function reacted(reaction: Reaction): void {
  answer(reaction.write());
}

/** Says that something went wrong: the text is then held, and the failure counted. */
export function failed(why: string): void {
  _error_set(give(why));
}

/** A reason about a whole text. */
export function reason(text: string): Reason {
  const it = new Reason();
  it.text = text;
  return it;
}

/** A reason about a part of a text, from one index of the string to another. */
export function reasonAt(words: string, text: string, from: i32, to: i32): Reason {
  const it = reason(words);
  const span = new Span();
  span.start = <u32>String.UTF8.byteLength(text.substring(0, from));
  span.end = span.start + <u32>String.UTF8.byteLength(text.substring(from, to));
  it.span = span;
  return it;
}

/** A setting; the empty text when it is not set. Needs the permission `config`. */
export function setting(name: string): string {
  return take(_config_get(give(name)));
}

/** A setting that is a list of texts. */
export function settingList(name: string): Array<string> {
  const items = parse(setting(name)).items;
  const out: Array<string> = [];
  for (let i = 0; i < items.length; i++) out.push(items[i].asText());
  return out;
}

/** What is kept under a key; the empty text when there is nothing. Needs `store_bytes`. */
export function stored(key: string): string {
  return take(_var_get(give(key)));
}

/** Keeps a text under a key; the empty text removes it. Needs `store_bytes`. */
export function keep(key: string, value: string): void {
  _var_set(give(key), value == "" ? 0 : give(value));
}

/** What came back from the network. */
export class Answer {
  /** The status; 0 when nothing came back. */
  status: i32 = 0;
  body: string = "";
}

/** Sends JSON to a host that the permission `http` names; only in `on_event`. */
export function post(url: string, json: string): Answer {
  const request =
    '{"method":"POST","url":' + quote(url) + ',"headers":{"content-type":"application/json"}}';
  const it = new Answer();
  it.body = take(_http_request(give(request), give(json)));
  it.status = _http_status_code();
  return it;
}

/** Writes a line for operators. Needs `log`. */
export function info(line: string): void {
  _log_info(give(line));
}

/** Writes a warning for operators. Needs `log`. */
export function warn(line: string): void {
  _log_warn(give(line));
}
