// Holds texts that are mostly links, or that link to named hosts.

import { Action, Verdict, item, judged, reason, reasonAt, setting, settingList, show } from "./sdk/farandole";

/** The end of the link that begins at `from`: white space, a bracket or a quote ends it. */
function endOf(text: string, from: i32): i32 {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code == 0x22 || code == 0x27 || code == 0x28 || code == 0x29) break;
    if (code == 0x3c || code == 0x3e || code == 0x5b || code == 0x5d) break;
    at++;
  }
  return at;
}

/** The host of a link without its scheme. */
function hostOf(rest: string): string {
  let at = 0;
  while (at < rest.length) {
    const code = rest.charCodeAt(at);
    if (code == 0x2f || code == 0x3a || code == 0x3f || code == 0x23) break;
    at++;
  }
  return rest.substring(0, at);
}

/** Whether a host is one of the named, or below one. */
function isNamed(host: string, named: Array<string>): bool {
  for (let i = 0; i < named.length; i++) {
    const name = named[i].trim().toLowerCase();
    if (name != "" && (host == name || host.endsWith("." + name))) return true;
  }
  return false;
}

export function judge(): void {
  const it = item();
  const text = it.text;
  const lower = text.toLowerCase();
  const same = lower.length == text.length;
  const named = settingList("hosts");
  const verdict = new Verdict();
  verdict.action = Action.hold;
  let links = 0;
  let at = 0;
  while (true) {
    const colon = lower.indexOf("://", at);
    if (colon < 0) break;
    const end = endOf(lower, colon + 3);
    let from = colon;
    while (from > 0 && lower.charCodeAt(from - 1) >= 0x61 && lower.charCodeAt(from - 1) <= 0x7a) from--;
    const scheme = lower.substring(from, colon);
    if (scheme == "http" || scheme == "https") {
      links++;
      const host = hostOf(lower.substring(colon + 3, end));
      if (isNamed(host, named) && verdict.reasons.length < 10) {
        const words = "A link to " + (host.length > 100 ? host.substring(0, 100) : host);
        verdict.reasons.push(same ? reasonAt(words, text, from, end) : reason(words));
      }
    }
    at = end > colon + 3 ? end : colon + 3;
  }
  const most = <i32>parseInt(setting("most_links"), 10);
  if (links > most) {
    verdict.reasons.push(reason(links.toString() + " links; at most " + most.toString() + " are usual"));
  }
  if (verdict.reasons.length == 0) {
    show();
    return;
  }
  verdict.tags.push("link-spam");
  judged(verdict);
}
