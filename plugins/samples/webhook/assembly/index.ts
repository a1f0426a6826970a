// Sends each event to an address, and tells moderators when that fails again and again.

import { Reaction, event, info, keep, post, reacted, setting, settingList, stored, warn } from "./sdk/farandole";

export function on_event(): void {
  const it = event();
  const wanted = settingList("events");
  const reaction = new Reaction();
  if (wanted.length > 0 && !wanted.includes(it.kind)) {
    reacted(reaction);
    return;
  }
  const answer = post(setting("address"), it.write());
  if (answer.status >= 200 && answer.status < 300) {
    keep("failures", "");
    info("sent " + it.kind + " " + it.id);
    reacted(reaction);
    return;
  }
  const before = stored("failures");
  const failures = (before == "" ? 0 : <i32>parseInt(before, 10)) + 1;
  keep("failures", failures.toString());
  warn("not sent: " + it.kind + " " + it.id + ", status " + answer.status.toString());
  if (failures == 3) {
    reaction.notices.push("The webhook has failed three times in a row.");
  }
  reacted(reaction);
}
