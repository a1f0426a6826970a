/** Makes the clips the tests play, once; they are kept between runs. */
import { makeClips } from './clips.ts';

export default function setup(): void {
  makeClips();
}
