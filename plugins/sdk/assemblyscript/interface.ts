// What goes over the border between server and plugin.
// Written from plugins/sdk/interface.json: change that, and run
// `cargo run -p farandole-plugins --example generate`.

import { Value, quote } from "./json";

/** The version of the interface. */
export const API_VERSION: u32 = 1;

/** What a plugin proposes for a text. The server never does more than the operator granted. */
export namespace Action {
  /** Nothing speaks against showing it. */
  export const show: string = "show";
  /** Show it, marked with tags that moderators can search. */
  export const tag: string = "tag";
  /** Keep it for a human to look at. */
  export const hold: string = "hold";
  /** Do not show it. */
  export const reject: string = "reject";
}

/** A part of a text, in bytes of its UTF-8 form, on character boundaries. */
export class Span {
  /** The first byte. */
  start: u32 = 0;
  /** The byte after the last one. */
  end: u32 = 0;

  /** Reads it from a JSON object. */
  static read(value: Value): Span {
    const it = new Span();
    it.start = <u32>value.get("start").asNumber();
    it.end = <u32>value.get("end").asNumber();
    return it;
  }

  /** Writes it as JSON. */
  write(): string {
    let out = "{";
    out += "\"start\":" + this.start.toString();
    out += ",\"end\":" + this.end.toString();
    return out + "}";
  }
}

/** A text from outside, before anyone sees it. */
export class Item {
  /** Where it would be shown: comment, video-title, video-description, video-tag, caption, account-name, account-about, channel-name, channel-about, playlist-name or chat. */
  surface: string = "";
  /** How it is written: plain, markdown or html. */
  format: string = "";
  /** The text as it was sent. */
  text: string = "";
  /** Its language (BCP 47), when its author said so. */
  language: string | null = null;
  /** A stable name for its author on this server, when the permission `author` was granted; empty for others. */
  author: string | null = null;
  /** The channel whose page it would stand on. */
  channel: string | null = null;

  /** Reads it from a JSON object. */
  static read(value: Value): Item {
    const it = new Item();
    it.surface = value.get("surface").asText();
    it.format = value.get("format").asText();
    it.text = value.get("text").asText();
    if (!value.get("language").isNull()) it.language = value.get("language").asText();
    if (!value.get("author").isNull()) it.author = value.get("author").asText();
    if (!value.get("channel").isNull()) it.channel = value.get("channel").asText();
    return it;
  }

  /** Writes it as JSON. */
  write(): string {
    let out = "{";
    out += "\"surface\":" + quote(this.surface);
    out += ",\"format\":" + quote(this.format);
    out += ",\"text\":" + quote(this.text);
    const language = this.language;
    if (language !== null) out += ",\"language\":" + quote(language);
    const author = this.author;
    if (author !== null) out += ",\"author\":" + quote(author);
    const channel = this.channel;
    if (channel !== null) out += ",\"channel\":" + quote(channel);
    return out + "}";
  }
}

/** One reason of a verdict, for moderators and for the author. */
export class Reason {
  /** Plain words, at most 200 characters. */
  text: string = "";
  /** The part of the text it is about. */
  span: Span | null = null;

  /** Reads it from a JSON object. */
  static read(value: Value): Reason {
    const it = new Reason();
    it.text = value.get("text").asText();
    if (!value.get("span").isNull()) it.span = Span.read(value.get("span"));
    return it;
  }

  /** Writes it as JSON. */
  write(): string {
    let out = "{";
    out += "\"text\":" + quote(this.text);
    const span = this.span;
    if (span !== null) out += ",\"span\":" + span.write();
    return out + "}";
  }
}

/** What a plugin thinks of an item. */
export class Verdict {
  /** What it proposes. */
  action: string = "";
  /** Why; at most 20. Needed for anything but show. */
  reasons: Array<Reason> = [];
  /** Marks for moderators: at most 10, each 1 to 40 characters of a-z, 0-9 and -. */
  tags: Array<string> = [];

  /** Reads it from a JSON object. */
  static read(value: Value): Verdict {
    const it = new Verdict();
    it.action = value.get("action").asText();
    const reasons = value.get("reasons").items;
    for (let i = 0; i < reasons.length; i++) it.reasons.push(Reason.read(reasons[i]));
    const tags = value.get("tags").items;
    for (let i = 0; i < tags.length; i++) it.tags.push(tags[i].asText());
    return it;
  }

  /** Writes it as JSON. */
  write(): string {
    let out = "{";
    out += "\"action\":" + quote(this.action);
    out += ",\"reasons\":[";
    for (let i = 0; i < this.reasons.length; i++) out += (i > 0 ? "," : "") + this.reasons[i].write();
    out += "]";
    out += ",\"tags\":[";
    for (let i = 0; i < this.tags.length; i++) out += (i > 0 ? "," : "") + quote(this.tags[i]);
    out += "]";
    return out + "}";
  }
}

/** Something that happened on the server. */
export class Event {
  /** comment-created, video-published, report-filed or user-registered. */
  kind: string = "";
  /** When (RFC 3339, UTC). */
  at: string = "";
  /** The number of the comment, video, report or user. */
  id: string = "";
  /** Its page, if it has one. */
  url: string | null = null;
  /** The name of the video, or of the user. */
  title: string | null = null;
  /** The comment, or the reason of a report. */
  text: string | null = null;
  /** Whose it is, when the permission `author` was granted. */
  author: string | null = null;

  /** Reads it from a JSON object. */
  static read(value: Value): Event {
    const it = new Event();
    it.kind = value.get("kind").asText();
    it.at = value.get("at").asText();
    it.id = value.get("id").asText();
    if (!value.get("url").isNull()) it.url = value.get("url").asText();
    if (!value.get("title").isNull()) it.title = value.get("title").asText();
    if (!value.get("text").isNull()) it.text = value.get("text").asText();
    if (!value.get("author").isNull()) it.author = value.get("author").asText();
    return it;
  }

  /** Writes it as JSON. */
  write(): string {
    let out = "{";
    out += "\"kind\":" + quote(this.kind);
    out += ",\"at\":" + quote(this.at);
    out += ",\"id\":" + quote(this.id);
    const url = this.url;
    if (url !== null) out += ",\"url\":" + quote(url);
    const title = this.title;
    if (title !== null) out += ",\"title\":" + quote(title);
    const text = this.text;
    if (text !== null) out += ",\"text\":" + quote(text);
    const author = this.author;
    if (author !== null) out += ",\"author\":" + quote(author);
    return out + "}";
  }
}

/** What a plugin asks for after an event. */
export class Reaction {
  /** Notices for the moderators, when `notify` was granted: at most 5, each at most 500 characters. */
  notices: Array<string> = [];

  /** Reads it from a JSON object. */
  static read(value: Value): Reaction {
    const it = new Reaction();
    const notices = value.get("notices").items;
    for (let i = 0; i < notices.length; i++) it.notices.push(notices[i].asText());
    return it;
  }

  /** Writes it as JSON. */
  write(): string {
    let out = "{";
    out += "\"notices\":[";
    for (let i = 0; i < this.notices.length; i++) out += (i > 0 ? "," : "") + quote(this.notices[i]);
    out += "]";
    return out + "}";
  }
}
