// Called for each text before anyone sees it: read it, and answer with a verdict.

import { Action, Verdict, item, judged, reasonAt, setting, show } from "./sdk/farandole";

export function judge(): void {
  const text = item().text;
  const most = <i32>parseInt(setting("most"), 10);
  let marks = 0;
  let last = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charAt(i) == "!") {
      marks++;
      last = i;
    }
  }
  if (marks <= most) {
    show();
    return;
  }
  const verdict = new Verdict();
  verdict.action = Action.hold;
  verdict.reasons.push(reasonAt("More than " + most.toString() + " exclamation marks", text, last, last + 1));
  judged(verdict);
}
