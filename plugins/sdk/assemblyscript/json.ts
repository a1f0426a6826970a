// A small JSON reader and writer: AssemblyScript has none of its own.

/** What kind of value it is. */
enum Kind {
  Null,
  Flag,
  Number,
  Text,
  List,
  Record,
}

/** A JSON value. What is not there reads as null, so that `get` can be chained. */
export class Value {
  kind: Kind = Kind.Null;
  flag: bool = false;
  number: f64 = 0;
  text: string = "";
  items: Array<Value> = [];
  keys: Array<string> = [];

  /** The value under a key. */
  get(key: string): Value {
    const at = this.keys.indexOf(key);
    return at < 0 ? new Value() : this.items[at];
  }

  isNull(): bool {
    return this.kind == Kind.Null;
  }

  asText(): string {
    return this.text;
  }

  asFlag(): bool {
    return this.flag;
  }

  asNumber(): f64 {
    return this.number;
  }
}

/** Reads JSON. What cannot be read is null. */
export function parse(json: string): Value {
  const reader = new Reader(json);
  return reader.value(0);
}

/** A text as JSON, with its quotes. */
export function quote(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code == 0x22) out += '\\"';
    else if (code == 0x5c) out += "\\\\";
    else if (code == 0x0a) out += "\\n";
    else if (code < 0x20) out += "\\u00" + hex(code >> 4) + hex(code & 15);
    else out += String.fromCharCode(code);
  }
  return out + '"';
}

function hex(digit: i32): string {
  return "0123456789abcdef".charAt(digit);
}

class Reader {
  at: i32 = 0;

  constructor(private json: string) {}

  peek(): i32 {
    while (this.at < this.json.length) {
      const code = this.json.charCodeAt(this.at);
      if (code != 0x20 && code != 0x0a && code != 0x0d && code != 0x09) return code;
      this.at++;
    }
    return -1;
  }

  value(depth: i32): Value {
    const out = new Value();
    const code = this.peek();
    if (depth > 32 || code < 0) return out;
    if (code == 0x22) {
      out.kind = Kind.Text;
      out.text = this.string();
    } else if (code == 0x5b) {
      out.kind = Kind.List;
      this.at++;
      while (this.peek() != 0x5d && this.peek() >= 0) {
        out.items.push(this.value(depth + 1));
        if (this.peek() == 0x2c) this.at++;
        else break;
      }
      this.at++;
    } else if (code == 0x7b) {
      out.kind = Kind.Record;
      this.at++;
      while (this.peek() == 0x22) {
        out.keys.push(this.string());
        if (this.peek() == 0x3a) this.at++;
        out.items.push(this.value(depth + 1));
        if (this.peek() == 0x2c) this.at++;
        else break;
      }
      this.peek();
      this.at++;
    } else {
      this.word(out);
    }
    return out;
  }

  word(out: Value): void {
    const start = this.at;
    while (this.at < this.json.length) {
      const code = this.json.charCodeAt(this.at);
      const letter = (code >= 0x61 && code <= 0x7a) || code == 0x45;
      const digit = (code >= 0x30 && code <= 0x39) || code == 0x2d || code == 0x2b || code == 0x2e;
      if (!letter && !digit) break;
      this.at++;
    }
    const word = this.json.substring(start, this.at);
    if (start == this.at) this.at++;
    if (word == "true" || word == "false") {
      out.kind = Kind.Flag;
      out.flag = word == "true";
    } else if (word != "null" && word != "") {
      out.kind = Kind.Number;
      out.number = parseFloat(word);
    }
  }

  string(): string {
    let out = "";
    this.at++;
    let from = this.at;
    while (this.at < this.json.length) {
      const code = this.json.charCodeAt(this.at);
      if (code == 0x22) break;
      if (code == 0x5c) {
        out += this.json.substring(from, this.at);
        this.at++;
        const mark = this.at < this.json.length ? this.json.charCodeAt(this.at) : 0;
        if (mark == 0x75) {
          out += String.fromCharCode(<i32>parseInt(this.json.substring(this.at + 1, this.at + 5), 16));
          this.at += 4;
        } else if (mark == 0x6e) out += "\n";
        else if (mark == 0x74) out += "\t";
        else if (mark == 0x72) out += "\r";
        else if (mark == 0x62) out += "\b";
        else if (mark == 0x66) out += "\f";
        else out += String.fromCharCode(mark);
        from = this.at + 1;
      }
      this.at++;
    }
    out += this.json.substring(from, min(this.at, this.json.length));
    this.at++;
    return out;
  }
}
